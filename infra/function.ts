import { stage } from "./stage";

/**
 * What the AWS SDK would load only when it is needed, and never is: of the whole credential chain
 * Lambda uses one provider, the environment, and nothing we call answers with an event stream. Left
 * out, it costs nothing, and the rest of the SDK need not be wrapped for loading late.
 */
const neverLoaded = [
  "@aws-sdk/credential-provider-sso",
  "@aws-sdk/credential-provider-ini",
  "@aws-sdk/credential-provider-http",
  "@aws-sdk/credential-provider-process",
  "@aws-sdk/credential-provider-web-identity",
  "@aws-sdk/credential-provider-login",
  "@smithy/credential-provider-imds",
  "@smithy/core/event-streams",
];

/** Actions that AWS does not let anybody narrow to a resource. */
const tracing = sst.aws.permission({
  actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
  resources: ["*"],
});

/**
 * Deployed, only Lambda may assume a function's role. SST 4.17 lets in every principal of the account
 * as well, for the sake of `sst dev`, where we leave it as it is.
 */
const assumeRolePolicy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "lambda.amazonaws.com" },
      Action: "sts:AssumeRole",
    },
  ],
});

/** A function as all of them are. Its links are all that it may do. */
export const lambda = (
  name: string,
  args: Pick<sst.aws.FunctionArgs, "handler" | "link" | "timeout" | "concurrency">,
) =>
  new sst.aws.Function(name, {
    runtime: "nodejs24.x",
    architecture: "arm64",
    memory: "1024 MB",
    timeout: "10 seconds",
    logging: { format: "json", retention: stage.logRetention },
    environment: { POWERTOOLS_SERVICE_NAME: $app.name },
    permissions: [tracing],
    nodejs: {
      minify: true,
      esbuild: { keepNames: false, external: neverLoaded },
      plugins: "infra/bundle/plugins.mjs",
    },
    transform: {
      function: { tracingConfig: { mode: "Active" } },
      role: $dev ? {} : { assumeRolePolicy },
    },
    ...args,
  });
