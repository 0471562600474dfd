import type { Graph } from "@petstore/offline/graph/graph";
import { loadGraph } from "@petstore/offline/graph/load";
import * as z from "zod";
import { projectRoot } from "./offline.ts";

const policy = z
  .string()
  .transform((json) => JSON.parse(json))
  .pipe(
    z.object({
      Statement: z.array(
        z.object({
          Effect: z.string(),
          Action: z.union([z.string().transform((one) => [one]), z.array(z.string())]),
          Resource: z.union([z.string().transform((one) => [one]), z.array(z.string())]),
          Principal: z.unknown().optional(),
          Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
        }),
      ),
    }),
  );

const trust = z
  .union([z.string().transform((json) => JSON.parse(json)), z.object({}).loose()])
  .pipe(z.object({ Statement: z.array(z.object({ Principal: z.unknown() })) }));

const metric = z.object({
  namespace: z.string(),
  metricName: z.string(),
  dimensions: z.record(z.string(), z.string()),
});

const shapes = {
  "aws:lambda/function:Function": z.object({
    arn: z.string(),
    role: z.string(),
    runtime: z.string(),
    handler: z.string(),
    architectures: z.array(z.string()),
    memorySize: z.number(),
    timeout: z.number(),
    reservedConcurrentExecutions: z.number().optional(),
    environment: z.object({ variables: z.record(z.string(), z.string()) }),
    tracingConfig: z.object({ mode: z.string() }),
    loggingConfig: z.object({ logFormat: z.string(), logGroup: z.string() }),
  }),
  "aws:iam/role:Role": z.object({
    arn: z.string(),
    assumeRolePolicy: trust,
    managedPolicyArns: z.array(z.string()).default([]),
    inlinePolicies: z.array(z.object({ policy })).default([]),
  }),
  "aws:sqs/queue:Queue": z.object({
    arn: z.string(),
    url: z.string(),
    sqsManagedSseEnabled: z.boolean().default(false),
    messageRetentionSeconds: z.number().optional(),
    maxMessageSize: z.number().optional(),
    visibilityTimeoutSeconds: z.number(),
    redrivePolicy: z
      .string()
      .transform((json) => JSON.parse(json))
      .pipe(z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.number() }))
      .optional(),
  }),
  "aws:sqs/queuePolicy:QueuePolicy": z.object({ queueUrl: z.string(), policy }),
  "aws:lambda/permission:Permission": z.object({
    function: z.string(),
    principal: z.string(),
    sourceArn: z.string(),
  }),
  "aws:lambda/eventSourceMapping:EventSourceMapping": z.object({
    eventSourceArn: z.string(),
    functionName: z.string(),
    batchSize: z.number(),
    scalingConfig: z.object({ maximumConcurrency: z.number() }).optional(),
    functionResponseTypes: z.array(z.string()),
    maximumRetryAttempts: z.number().optional(),
    maximumRecordAgeInSeconds: z.number().optional(),
    bisectBatchOnFunctionError: z.boolean().optional(),
    destinationConfig: z.object({ onFailure: z.object({ destinationArn: z.string() }) }).optional(),
  }),
  "aws:cloudwatch/metricAlarm:MetricAlarm": metric.partial().extend({
    arn: z.string(),
    threshold: z.number(),
    treatMissingData: z.string(),
    alarmActions: z.array(z.string()),
    alarmDescription: z.string(),
    metricQueries: z.array(z.object({ metric: metric.optional() })).default([]),
  }),
  "aws:cloudwatch/dashboard:Dashboard": z.object({
    dashboardBody: z
      .string()
      .transform((json) => JSON.parse(json))
      .pipe(
        z.object({
          widgets: z.array(
            z.object({
              properties: z.object({
                title: z.string(),
                metrics: z.array(z.array(z.string())).default([]),
                alarms: z.array(z.string()).default([]),
              }),
            }),
          ),
        }),
      ),
  }),
  "aws:budgets/budget:Budget": z.object({
    notifications: z.array(z.object({ subscriberSnsTopicArns: z.array(z.string()) })),
  }),
  "aws:sesv2/configurationSet:ConfigurationSet": z.object({
    arn: z.string(),
    configurationSetName: z.string(),
  }),
  "aws:sesv2/emailIdentity:EmailIdentity": z.object({
    arn: z.string(),
    emailIdentity: z.string(),
    configurationSetName: z.string(),
  }),
  "aws:sns/topic:Topic": z.object({ arn: z.string() }),
  "aws:sns/topicSubscription:TopicSubscription": z.object({
    protocol: z.string(),
    endpoint: z.string(),
  }),
  "aws:xray/samplingRule:SamplingRule": z.object({
    reservoirSize: z.number(),
    fixedRate: z.number(),
  }),
  "aws:cloudwatch/logGroup:LogGroup": z.object({
    name: z.string(),
    retentionInDays: z.number().optional(),
    kmsKeyId: z.string().optional(),
  }),
  "aws:dynamodb/table:Table": z.object({
    globalSecondaryIndexes: z.array(z.object({ name: z.string() })),
    arn: z.string(),
    billingMode: z.string(),
    deletionProtectionEnabled: z.boolean().default(false),
    pointInTimeRecovery: z.object({ enabled: z.boolean() }),
    serverSideEncryption: z.object({ enabled: z.boolean() }).optional(),
    streamViewType: z.string(),
    ttl: z.object({ attributeName: z.string(), enabled: z.boolean() }),
  }),
  "aws:apigatewayv2/stage:Stage": z.object({
    accessLogSettings: z.object({ destinationArn: z.string(), format: z.string() }),
    defaultRouteSettings: z.object({
      throttlingRateLimit: z.number(),
      throttlingBurstLimit: z.number(),
    }),
  }),
  "aws:apigatewayv2/api:Api": z.object({
    executionArn: z.string(),
    corsConfiguration: z.object({
      allowOrigins: z.array(z.string()),
      allowHeaders: z.array(z.string()),
    }),
  }),
  "aws:apigatewayv2/route:Route": z.object({
    routeKey: z.string(),
    target: z.string(),
    authorizationType: z.string(),
    authorizerId: z.string().optional(),
    authorizationScopes: z.array(z.string()).optional(),
  }),
  "aws:apigatewayv2/authorizer:Authorizer": z.object({
    authorizerType: z.string(),
    identitySources: z.array(z.string()),
    jwtConfiguration: z.object({ issuer: z.string(), audiences: z.array(z.string()) }),
  }),
  "aws:cognito/userPool:UserPool": z.object({
    arn: z.string(),
    endpoint: z.string(),
    userPoolTier: z.string().optional(),
    lambdaConfig: z
      .object({
        preTokenGenerationConfig: z.object({ lambdaArn: z.string(), lambdaVersion: z.string() }),
      })
      .partial()
      .optional(),
    deletionProtection: z.string(),
    mfaConfiguration: z.string(),
    adminCreateUserConfig: z.object({ allowAdminCreateUserOnly: z.boolean() }),
    passwordPolicy: z.object({ minimumLength: z.number() }),
    userAttributeUpdateSettings: z.object({
      attributesRequireVerificationBeforeUpdates: z.array(z.string()),
    }),
  }),
  "aws:cognito/userPoolClient:UserPoolClient": z.object({
    allowedOauthFlows: z.array(z.string()),
    allowedOauthScopes: z.array(z.string()),
    callbackUrls: z.array(z.string()),
    generateSecret: z.boolean().default(false),
  }),
  "aws:apigatewayv2/integration:Integration": z.object({ integrationUri: z.string() }),
};
type Shapes = typeof shapes;

/** Returns a graph whose resources can be read by type, with their state parsed. */
export function typed(graph: Graph) {
  return {
    ...graph,
    all: <T extends keyof Shapes>(type: T) =>
      graph.resources
        .filter((resource) => resource.type === type)
        .map(({ id, name, state }) => ({
          id,
          name,
          ...(shapes[type].parse(state) as z.output<Shapes[T]>),
        })),
  };
}

/** Reads the committed graph of a stage. */
export const graphOf = (stage: string) => typed(loadGraph(stage, projectRoot));
