import { stage } from "./stage";

/** Where alarms go, in stages that ask for them, and from there by mail to a person. */
export const operators =
  stage.alarms && new aws.sns.Topic("Operators", { name: `${$app.name}-${$app.stage}-operators` });

if (operators && stage.alarms) {
  const { address, dollarsAMonth } = stage.alarms;
  new aws.sns.TopicSubscription("OperatorsMail", {
    topic: operators.arn,
    protocol: "email",
    endpoint: address,
  });

  // CloudWatch may publish in any topic of its account unless a policy says otherwise, as here.
  const publishers = ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"];
  const account = aws.getCallerIdentityOutput().accountId;
  const policy = new aws.sns.TopicPolicy("OperatorsPolicy", {
    arn: operators.arn,
    policy: $jsonStringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: publishers },
          Action: "sns:Publish",
          Resource: operators.arn,
          Condition: { StringEquals: { "aws:SourceAccount": account } },
        },
      ],
    }),
  });

  /** Of the account: AWS tells apart what stages cost only by tags that somebody has to activate. */
  new aws.budgets.Budget(
    "MonthlySpend",
    {
      name: `${$app.name}-${$app.stage}`,
      budgetType: "COST",
      timeUnit: "MONTHLY",
      limitAmount: String(dollarsAMonth),
      limitUnit: "USD",
      notifications: ["ACTUAL", "FORECASTED"].map((notificationType) => ({
        notificationType,
        comparisonOperator: "GREATER_THAN",
        threshold: 100,
        thresholdType: "PERCENTAGE",
        subscriberSnsTopicArns: [operators.arn],
      })),
    },
    { dependsOn: policy },
  );
}
