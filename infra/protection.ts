/**
 * Pulumi refuses to delete or replace what holds production's data. `removal` and `protect` in
 * sst.config.ts do not prevent a replacement, which a change of a key schema or of the user pool's
 * sign-in attributes demands.
 */
if ($app.stage === "production") {
  for (const type of [aws.dynamodb.Table, aws.cognito.UserPool]) {
    $transform<object, object, $util.ResourceOptions>(type, (_args, options) => {
      options.protect = true;
    });
  }
}

export {};
