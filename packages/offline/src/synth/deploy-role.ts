import type { Graph } from "../graph/graph.ts";

interface Statement {
  Sid: string;
  Effect: "Allow";
  Action: string[];
  Resource: string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/**
 * Permissions to deploy resources of some types. In a resource ARN, `$` is replaced by `<app>-<stage>`, and
 * `%app` and `%stage` by one of them.
 */
interface Right {
  /** Prefixes of Pulumi type tokens; granted if the graph has a resource of one of them. */
  types: string[];
  service: string;
  actions: string[];
  resources: string[];
  condition?: Statement["Condition"];
}

/**
 * The actions of the Pulumi AWS provider when it creates, reads, updates and deletes each type. A resource
 * is `*` if IAM supports no narrower one, or if AWS chooses the identifier.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const rights: Record<string, Right[]> = {
  // Resources that process requests and messages.
  app: [
    {
      types: ["aws:apigatewayv2/"],
      service: "apigateway",
      actions: ["DELETE", "GET", "PATCH", "POST", "PUT"],
      resources: [
        "arn:aws:apigateway:*::/apis",
        "arn:aws:apigateway:*::/apis/*",
        "arn:aws:apigateway:*::/tags/*",
      ],
    },
    {
      types: ["aws:apigatewayv2/"],
      service: "iam",
      actions: ["CreateServiceLinkedRole"],
      resources: ["arn:aws:iam::*:role/aws-service-role/ops.apigateway.amazonaws.com/*"],
    },
    {
      types: ["aws:dynamodb/table:Table"],
      service: "dynamodb",
      actions: [
        "CreateTable",
        "DeleteTable",
        "DescribeContinuousBackups",
        "DescribeTable",
        "DescribeTimeToLive",
        "ListTagsOfResource",
        "TagResource",
        "UntagResource",
        "UpdateContinuousBackups",
        "UpdateTable",
        "UpdateTimeToLive",
      ],
      resources: ["arn:aws:dynamodb:*:*:table/$-*"],
    },
    {
      types: ["aws:iam/role:Role"],
      service: "iam",
      actions: [
        "CreateRole",
        "DeleteRole",
        "DeleteRolePolicy",
        "DetachRolePolicy",
        "GetRole",
        "GetRolePolicy",
        "ListAttachedRolePolicies",
        "ListInstanceProfilesForRole",
        "ListRolePolicies",
        "PutRolePolicy",
        "TagRole",
        "UntagRole",
        "UpdateAssumeRolePolicy",
        "UpdateRole",
      ],
      resources: ["arn:aws:iam::*:role/$-*"],
    },
    {
      types: ["aws:iam/role:Role"],
      service: "iam",
      actions: ["AttachRolePolicy"],
      resources: ["arn:aws:iam::*:role/$-*"],
      condition: {
        ArnEquals: {
          "iam:PolicyARN": "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
        },
      },
    },
    {
      types: ["aws:iam/role:Role"],
      service: "iam",
      actions: ["PassRole"],
      resources: ["arn:aws:iam::*:role/$-*"],
      condition: {
        StringEquals: {
          "iam:PassedToService": ["lambda.amazonaws.com", "scheduler.amazonaws.com"],
        },
      },
    },
    {
      types: ["aws:lambda/function:Function", "aws:lambda/permission:Permission"],
      service: "lambda",
      actions: [
        "AddPermission",
        "CreateFunction",
        "DeleteFunction",
        "DeleteFunctionConcurrency",
        "GetFunction",
        "GetFunctionCodeSigningConfig",
        "GetFunctionConfiguration",
        "GetPolicy",
        "ListTags",
        "ListVersionsByFunction",
        "PublishVersion",
        "PutFunctionConcurrency",
        "RemovePermission",
        "TagResource",
        "UntagResource",
        "UpdateFunctionCode",
        "UpdateFunctionConfiguration",
      ],
      resources: ["arn:aws:lambda:*:*:function:$-*"],
    },
    {
      types: ["aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig"],
      service: "lambda",
      actions: [
        "DeleteProvisionedConcurrencyConfig",
        "GetProvisionedConcurrencyConfig",
        "PutProvisionedConcurrencyConfig",
      ],
      resources: ["arn:aws:lambda:*:*:function:$-*"],
    },
    {
      types: ["aws:lambda/eventSourceMapping:EventSourceMapping"],
      service: "lambda",
      actions: ["CreateEventSourceMapping", "DeleteEventSourceMapping", "UpdateEventSourceMapping"],
      resources: ["*"],
      condition: { ArnLike: { "lambda:FunctionArn": "arn:aws:lambda:*:*:function:$-*" } },
    },
    {
      types: ["aws:lambda/eventSourceMapping:EventSourceMapping"],
      service: "lambda",
      actions: ["GetEventSourceMapping", "ListTags", "TagResource", "UntagResource"],
      resources: ["arn:aws:lambda:*:*:event-source-mapping:*"],
    },
    {
      types: ["aws:scheduler/schedule:Schedule"],
      service: "scheduler",
      actions: ["CreateSchedule", "DeleteSchedule", "GetSchedule", "UpdateSchedule"],
      resources: ["arn:aws:scheduler:*:*:schedule/default/$-*"],
    },
    {
      types: ["aws:sqs/queue:Queue", "aws:sqs/queuePolicy:QueuePolicy"],
      service: "sqs",
      actions: [
        "CreateQueue",
        "DeleteQueue",
        "GetQueueAttributes",
        "GetQueueUrl",
        "ListQueueTags",
        "SetQueueAttributes",
        "TagQueue",
        "UntagQueue",
      ],
      resources: ["arn:aws:sqs:*:*:$-*"],
    },
  ],
  // Users, mail, and monitoring.
  operations: [
    {
      types: ["aws:budgets/budget:Budget"],
      service: "budgets",
      actions: [
        "ListTagsForResource",
        "ModifyBudget",
        "TagResource",
        "UntagResource",
        "ViewBudget",
      ],
      resources: ["arn:aws:budgets::*:budget/$"],
    },
    {
      types: ["aws:cloudwatch/dashboard:Dashboard"],
      service: "cloudwatch",
      actions: ["DeleteDashboards", "GetDashboard", "PutDashboard"],
      resources: ["arn:aws:cloudwatch::*:dashboard/$"],
    },
    {
      types: ["aws:cloudwatch/logGroup:LogGroup"],
      service: "logs",
      actions: [
        "CreateLogGroup",
        "DeleteLogGroup",
        "DeleteRetentionPolicy",
        "ListTagsForResource",
        "PutRetentionPolicy",
        "TagResource",
        "UntagResource",
      ],
      resources: [
        "arn:aws:logs:*:*:log-group:/aws/lambda/$-*",
        "arn:aws:logs:*:*:log-group:/aws/vendedlogs/apis/$-*",
      ],
    },
    {
      // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
      types: ["aws:cloudwatch/logGroup:LogGroup"],
      service: "logs",
      actions: [
        "CreateLogDelivery",
        "DeleteLogDelivery",
        "DescribeLogGroups",
        "DescribeResourcePolicies",
        "GetLogDelivery",
        "ListLogDeliveries",
        "PutResourcePolicy",
        "UpdateLogDelivery",
      ],
      resources: ["*"],
    },
    {
      types: ["aws:cloudwatch/metricAlarm:MetricAlarm"],
      service: "cloudwatch",
      actions: [
        "DeleteAlarms",
        "DescribeAlarms",
        "ListTagsForResource",
        "PutMetricAlarm",
        "TagResource",
        "UntagResource",
      ],
      resources: ["arn:aws:cloudwatch:*:*:alarm:$-*"],
    },
    {
      types: ["aws:cognito/"],
      service: "cognito-idp",
      actions: [
        "AddCustomAttributes",
        "CreateResourceServer",
        "CreateUserPoolClient",
        "CreateUserPoolDomain",
        "DeleteResourceServer",
        "DeleteUserPool",
        "DeleteUserPoolClient",
        "DeleteUserPoolDomain",
        "DescribeResourceServer",
        "DescribeUserPool",
        "DescribeUserPoolClient",
        "GetUserPoolMfaConfig",
        "ListTagsForResource",
        "SetUserPoolMfaConfig",
        "TagResource",
        "UntagResource",
        "UpdateResourceServer",
        "UpdateUserPool",
        "UpdateUserPoolClient",
        "UpdateUserPoolDomain",
      ],
      resources: ["arn:aws:cognito-idp:*:*:userpool/*"],
    },
    {
      types: ["aws:cognito/"],
      service: "cognito-idp",
      actions: ["CreateUserPool", "DescribeUserPoolDomain"],
      resources: ["*"],
    },
    {
      types: ["aws:sesv2/configurationSet:ConfigurationSet"],
      service: "ses",
      actions: [
        "CreateConfigurationSet",
        "DeleteConfigurationSet",
        "GetConfigurationSet",
        "ListTagsForResource",
        "TagResource",
        "UntagResource",
      ],
      resources: ["arn:aws:ses:*:*:configuration-set/$-*"],
    },
    {
      types: ["aws:sesv2/emailIdentity:EmailIdentity"],
      service: "ses",
      actions: [
        "CreateEmailIdentity",
        "DeleteEmailIdentity",
        "GetEmailIdentity",
        "ListTagsForResource",
        "PutEmailIdentityConfigurationSetAttributes",
        "TagResource",
        "UntagResource",
      ],
      resources: ["arn:aws:ses:*:*:identity/*"],
    },
    {
      types: ["aws:sns/"],
      service: "sns",
      actions: [
        "CreateTopic",
        "DeleteTopic",
        "GetTopicAttributes",
        "ListSubscriptionsByTopic",
        "ListTagsForResource",
        "SetTopicAttributes",
        "Subscribe",
        "TagResource",
        "UntagResource",
      ],
      resources: ["arn:aws:sns:*:*:$-*"],
    },
    {
      types: ["aws:sns/topicSubscription:TopicSubscription"],
      service: "sns",
      actions: ["GetSubscriptionAttributes", "SetSubscriptionAttributes", "Unsubscribe"],
      resources: ["*"],
    },
    {
      types: ["aws:xray/samplingRule:SamplingRule"],
      service: "xray",
      actions: [
        "CreateSamplingRule",
        "DeleteSamplingRule",
        "ListTagsForResource",
        "TagResource",
        "UntagResource",
        "UpdateSamplingRule",
      ],
      resources: ["arn:aws:xray:*:*:sampling-rule/$"],
    },
    {
      types: ["aws:xray/samplingRule:SamplingRule"],
      service: "xray",
      actions: ["GetSamplingRules"],
      resources: ["*"],
    },
  ],
};

/**
 * The permissions that SST itself needs: for the account's bootstrap, the stage's state, and the code of functions.
 * https://sst.dev/docs/iam-credentials#iam-permissions
 */
const sst: Omit<Right, "types">[] = [
  {
    service: "s3",
    actions: [
      "CreateBucket",
      "ListBucket",
      "ListBucketVersions",
      "PutBucketNotification",
      "PutBucketPolicy",
      "PutBucketVersioning",
    ],
    resources: ["arn:aws:s3:::sst-state-*", "arn:aws:s3:::sst-asset-*"],
  },
  {
    service: "s3",
    actions: ["DeleteObject", "GetObject", "GetObjectTagging", "PutObject", "PutObjectTagging"],
    resources: ["arn:aws:s3:::sst-asset-*/*"],
  },
  {
    service: "s3",
    actions: ["DeleteObject", "DeleteObjectVersion", "GetObject", "PutObject"],
    // `app/<app>/<stage>.json`, `update/<app>/<stage>/<id>.json`; and the secrets of all stages.
    resources: [
      "arn:aws:s3:::sst-state-*/*/%app/%stage.json",
      "arn:aws:s3:::sst-state-*/*/%app/%stage/*",
      "arn:aws:s3:::sst-state-*/secret/%app/*",
    ],
  },
  {
    service: "ssm",
    actions: ["DeleteParameter", "GetParameter", "PutParameter"],
    resources: [
      "arn:aws:ssm:*:*:parameter/sst/bootstrap",
      "arn:aws:ssm:*:*:parameter/sst/bootstrap/asset",
      "arn:aws:ssm:*:*:parameter/sst/passphrase/%app/%stage",
    ],
  },
  {
    service: "ecr",
    actions: ["CreateRepository", "DescribeRepositories"],
    resources: ["arn:aws:ecr:*:*:repository/sst-asset"],
  },
];

/** Types that exist only in Pulumi's state or in SST's bucket, which `sst` covers. */
const withoutRights = ["aws:s3/bucketObjectv2:", "pulumi", "random:"];

/** Returns the resource types of a graph for which the deploy role has no permissions. */
export function typesWithoutRights(graph: Graph): string[] {
  const known = Object.values(rights).flatMap((all) => all.flatMap(({ types }) => types));
  const types = new Set(graph.resources.map(({ type }) => type));
  return [...types].filter(
    (type) => ![...known, ...withoutRights].some((beginning) => type.startsWith(beginning)),
  );
}

/** Returns the managed policies of a role that may deploy the stage of a graph, by name. */
export function deployPolicies(graph: Graph) {
  const { app, stage } = graph;
  const isDeclared = ({ types }: Right) =>
    types.some((beginning) => graph.resources.some(({ type }) => type.startsWith(beginning)));
  const document = (granted: Omit<Right, "types">[]) => {
    const text = JSON.stringify({
      Version: "2012-10-17",
      Statement: granted.map(statementOf),
    });
    return JSON.parse(
      text.replaceAll("$", `${app}-${stage}`).replaceAll("%app", app).replaceAll("%stage", stage),
    ) as { Version: string; Statement: Statement[] };
  };
  return {
    sst: document(sst),
    ...Object.fromEntries(
      Object.entries(rights).map(([name, all]) => [name, document(all.filter(isDeclared))]),
    ),
  };
}

function statementOf(right: Omit<Right, "types">, index: number): Statement {
  const { service, actions, resources, condition } = right;
  return {
    Sid: `${service.replace(/\W/g, "")}${index}`,
    Effect: "Allow",
    Action: actions.map((action) => `${service}:${action}`),
    Resource: resources,
    ...(condition && { Condition: condition }),
  };
}

/**
 * Returns the trust policy of the deploy role: GitHub Actions of one repository, in the environment
 * that has the stage's name. `ACCOUNT_ID` and `OWNER/REPOSITORY` are to be replaced.
 * https://docs.github.com/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
 */
export function deployTrust({ stage }: Graph) {
  const provider = "token.actions.githubusercontent.com";
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: `arn:aws:iam::ACCOUNT_ID:oidc-provider/${provider}` },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            [`${provider}:aud`]: "sts.amazonaws.com",
            [`${provider}:sub`]: `repo:OWNER/REPOSITORY:environment:${stage}`,
          },
        },
      },
    ],
  };
}

/** Returns the files of the deploy role, by path relative to the root. */
export function deployRoleFiles(graph: Graph): Record<string, string> {
  const documents = { trust: deployTrust(graph), ...deployPolicies(graph) };
  return Object.fromEntries(
    Object.entries(documents).map(([name, document]) => [
      `infra/deploy-role/${name}.json`,
      `${JSON.stringify(document, null, 2)}\n`,
    ]),
  );
}
