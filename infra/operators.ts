import { stage } from "./stage";

/** The topic of alarms, in stages that have them. Its subscription sends them by mail. */
export const operators =
  stage.alarms && new aws.sns.Topic("Operators", { name: `${$app.name}-${$app.stage}-operators` });

if (operators && stage.alarms) {
  const { address, dollarsPerMonth } = stage.alarms;
  new aws.sns.TopicSubscription("OperatorsMail", {
    topic: operators.arn,
    protocol: "email",
    endpoint: address,
  });

  // This policy replaces the default one, which lets CloudWatch publish, so it must allow both services.
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

  // The cost of the whole account: AWS separates stages only by cost allocation tags, which must be
  // activated by hand.
  new aws.budgets.Budget(
    "MonthlySpend",
    {
      name: `${$app.name}-${$app.stage}`,
      budgetType: "COST",
      timeUnit: "MONTHLY",
      limitAmount: String(dollarsPerMonth),
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
