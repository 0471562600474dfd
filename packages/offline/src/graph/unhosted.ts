import { isIamRoute, isJwtAuthorizer } from "../services/apigateway/authorization.ts";
import { integratedFunction, isHttpApi } from "../services/apigateway/resources.ts";
import { isFunctionOf } from "../services/lambda/functions.ts";
import type { Unhosted } from "./app.ts";
import type { Graph, Resource } from "./graph.ts";

type Verdict = boolean | ((resource: Resource, graph: Graph) => boolean);

/**
 * The resource types that need no warning: services that are hosted, and what merely configures or
 * deploys others. A function decides where not every resource of the type is hosted. To host
 * another service, add its line here.
 */
const known: Record<string, Verdict> = {
  // Hosted
  "aws:apigatewayv2/api:Api": isHttpApi,
  "aws:apigatewayv2/authorizer:Authorizer": isJwtAuthorizer,
  "aws:apigatewayv2/integration:Integration": (resource) => Boolean(integratedFunction(resource)),
  "aws:cognito/userPool:UserPool": true,
  "aws:dynamodb/table:Table": true,
  "aws:lambda/eventSourceMapping:EventSourceMapping": true,
  "aws:lambda/function:Function": (resource, { builds }) =>
    builds.some((build) => isFunctionOf(resource, build)),
  "aws:scheduler/schedule:Schedule": true,
  "aws:sesv2/emailIdentity:EmailIdentity": true,
  "aws:sqs/queue:Queue": true,
  // Configuration of the above
  "aws:apigatewayv2/route:Route": (resource) => !isIamRoute(resource),
  "aws:apigatewayv2/stage:Stage": true,
  "aws:cloudwatch/logGroup:LogGroup": true,
  "aws:cognito/resourceServer:ResourceServer": true,
  "aws:cognito/userPoolClient:UserPoolClient": true,
  "aws:cognito/userPoolDomain:UserPoolDomain": true,
  "aws:iam/policy:Policy": true,
  "aws:iam/role:Role": true,
  "aws:iam/rolePolicy:RolePolicy": true,
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": true,
  "aws:lambda/permission:Permission": true,
  "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig": true,
  "aws:sesv2/configurationSet:ConfigurationSet": true,
  // Configuration of services that are not hosted: those have their own warning
  "aws:s3/bucketPolicy:BucketPolicy": true,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": true,
  "aws:sns/topicPolicy:TopicPolicy": true,
  "aws:sqs/queuePolicy:QueuePolicy": true,
  // Of no use offline: they watch AWS, or cost what only AWS does
  "aws:budgets/budget:Budget": true,
  "aws:cloudwatch/dashboard:Dashboard": true,
  "aws:cloudwatch/metricAlarm:MetricAlarm": true,
  "aws:xray/samplingRule:SamplingRule": true,
  // Deployment
  "aws:s3/bucketObjectv2:BucketObjectv2": true,
  "pulumi-nodejs:dynamic:Resource": true,
  "pulumi:providers:aws": true,
  "random:index/randomBytes:RandomBytes": true,
  "random:index/randomId:RandomId": true,
  "random:index/randomPassword:RandomPassword": true,
};

/** What the app declares and the offline runtime does not run, by resource type. */
export function unhosted(graph: Graph): Unhosted[] {
  const names = new Map<string, string[]>();
  for (const resource of graph.resources) {
    if (isKnown(resource, graph)) continue;
    names.set(resource.type, [...(names.get(resource.type) ?? []), resource.name]);
  }
  return [...names].map(([type, names]) => ({ type, names }));
}

function isKnown(resource: Resource, graph: Graph): boolean {
  const verdict = known[resource.type] ?? false;
  return typeof verdict === "function" ? verdict(resource, graph) : verdict;
}
