import { createHash } from "node:crypto";

/** The account that offline ARNs belong to: the one AWS's own documentation uses. */
export const accountId = "123456789012";

export interface Declared {
  /** Pulumi type token. */
  type: string;
  /** Logical name. */
  name: string;
  /** Resolved inputs. */
  inputs: Record<string, unknown>;
  region: string;
}

/** What a provider adds to the inputs of a resource it has created. Without `id`, its name. */
export type Computed = { id?: string } & Record<string, unknown>;

/** A resource, and the short ways its provider's outputs are written below. */
interface Creation extends Declared {
  /** Physical name: as given, or the logical name. */
  physicalName: string;
  /** A stable stand-in for an identifier that AWS would make up. */
  uid: string;
  /** The same for a longer one: 64 hexadecimal digits. */
  longUid: string;
  input(key: string): string;
  arn(service: string, resource: string): string;
}

/**
 * The outputs that a provider computes, by resource type: what a recorded resource needs so that
 * others can refer to it. A reference to one that is missing here fails with the type's name.
 * Sources: the "Outputs" of each resource in the Pulumi AWS reference; for the shape of ARNs the
 * AWS Service Authorization Reference.
 */
const providers: Record<string, (r: Creation) => Computed> = {
  "aws:apigatewayv2/api:Api": (r) => ({
    id: r.uid,
    arn: `arn:aws:apigateway:${r.region}::/apis/${r.uid}`,
    apiEndpoint: `https://${r.uid}.execute-api.${r.region}.amazonaws.com`,
    executionArn: r.arn("execute-api", r.uid),
  }),
  "aws:apigatewayv2/authorizer:Authorizer": (r) => ({ id: r.uid }),
  "aws:apigatewayv2/integration:Integration": (r) => ({ id: r.uid }),
  "aws:apigatewayv2/route:Route": (r) => ({ id: r.uid }),
  "aws:apigatewayv2/stage:Stage": (r) => ({
    arn: `arn:aws:apigateway:${r.region}::/apis/${r.input("apiId")}/stages/${r.physicalName}`,
    executionArn: r.arn("execute-api", `${r.input("apiId")}/${r.physicalName}`),
    invokeUrl: `https://${r.input("apiId")}.execute-api.${r.region}.amazonaws.com/`,
  }),
  "aws:cloudwatch/dashboard:Dashboard": (r) => ({
    id: r.input("dashboardName"),
    dashboardArn: `arn:aws:cloudwatch::${accountId}:dashboard/${r.input("dashboardName")}`,
  }),
  "aws:cloudwatch/eventBus:EventBus": (r) => ({
    arn: r.arn("events", `event-bus/${r.physicalName}`),
  }),
  "aws:cloudwatch/eventRule:EventRule": (r) => ({ arn: r.arn("events", `rule/${r.physicalName}`) }),
  "aws:cloudwatch/logGroup:LogGroup": (r) => ({
    arn: r.arn("logs", `log-group:${r.physicalName}`),
  }),
  "aws:cloudwatch/metricAlarm:MetricAlarm": (r) => ({
    arn: r.arn("cloudwatch", `alarm:${r.physicalName}`),
  }),
  "aws:cognito/resourceServer:ResourceServer": (r) => ({
    id: `${r.input("userPoolId")}|${r.input("identifier")}`,
    scopeIdentifiers: ((r.inputs.scopes ?? []) as { scopeName: string }[]).map(
      ({ scopeName }) => `${r.input("identifier")}/${scopeName}`,
    ),
  }),
  "aws:cognito/userPool:UserPool": (r) => {
    const id = `${r.region}_${r.uid.slice(0, 9)}`;
    return {
      id,
      arn: r.arn("cognito-idp", `userpool/${id}`),
      endpoint: `cognito-idp.${r.region}.amazonaws.com/${id}`,
    };
  },
  "aws:cognito/userPoolClient:UserPoolClient": (r) => ({
    id: r.longUid.slice(0, 26),
    clientSecret: r.inputs.generateSecret ? `secret-${r.uid}` : "",
  }),
  "aws:cognito/userPoolDomain:UserPoolDomain": (r) => ({ id: r.input("domain") }),
  "aws:dynamodb/table:Table": (r) => {
    const arn = r.arn("dynamodb", `table/${r.physicalName}`);
    const streamLabel = r.inputs.streamEnabled ? "2026-01-01T00:00:00.000" : "";
    return { arn, streamLabel, streamArn: streamLabel && `${arn}/stream/${streamLabel}` };
  },
  "aws:iam/policy:Policy": (r) => {
    const arn = `arn:aws:iam::${accountId}:policy/${r.physicalName}`;
    return { id: arn, arn };
  },
  "aws:iam/role:Role": (r) => ({ arn: `arn:aws:iam::${accountId}:role/${r.physicalName}` }),
  "aws:kms/key:Key": (r) => ({ id: r.uid, keyId: r.uid, arn: r.arn("kms", `key/${r.uid}`) }),
  "aws:lambda/alias:Alias": (r) => ({ arn: `${r.input("functionName")}:${r.physicalName}` }),
  "aws:lambda/eventSourceMapping:EventSourceMapping": (r) => ({
    id: r.uid,
    uuid: r.uid,
    arn: r.arn("lambda", `event-source-mapping:${r.uid}`),
  }),
  "aws:lambda/function:Function": (r) => {
    const arn = r.arn("lambda", `function:${r.physicalName}`);
    const path = `arn:aws:apigateway:${r.region}:lambda:path`;
    return {
      arn,
      invokeArn: `${path}/2015-03-31/functions/${arn}/invocations`,
      responseStreamingInvokeArn: `${path}/2021-11-15/functions/${arn}/response-streaming-invocations`,
      qualifiedArn: `${arn}:$LATEST`,
      version: "$LATEST",
    };
  },
  "aws:lambda/functionUrl:FunctionUrl": (r) => ({
    id: r.input("functionName"),
    urlId: r.uid,
    functionUrl: `https://${r.uid}.lambda-url.${r.region}.on.aws/`,
  }),
  "aws:s3/bucket:Bucket": (r) => {
    const bucket = r.input("bucket");
    return {
      id: bucket,
      arn: `arn:aws:s3:::${bucket}`,
      bucketDomainName: `${bucket}.s3.amazonaws.com`,
      bucketRegionalDomainName: `${bucket}.s3.${r.region}.amazonaws.com`,
    };
  },
  "aws:s3/bucketObjectv2:BucketObjectv2": (r) => ({
    id: r.input("key"),
    arn: `arn:aws:s3:::${r.input("bucket")}/${r.input("key")}`,
  }),
  "aws:scheduler/schedule:Schedule": (r) => ({
    id: `default/${r.physicalName}`,
    arn: r.arn("scheduler", `schedule/default/${r.physicalName}`),
  }),
  "aws:secretsmanager/secret:Secret": (r) => {
    const arn = r.arn("secretsmanager", `secret:${r.physicalName}-${r.uid.slice(0, 6)}`);
    return { id: arn, arn };
  },
  "aws:sesv2/configurationSet:ConfigurationSet": (r) => ({
    id: r.input("configurationSetName"),
    arn: r.arn("ses", `configuration-set/${r.input("configurationSetName")}`),
  }),
  "aws:sesv2/emailIdentity:EmailIdentity": (r) => ({
    id: r.input("emailIdentity"),
    arn: r.arn("ses", `identity/${r.input("emailIdentity")}`),
  }),
  "aws:sns/topic:Topic": (r) => {
    const arn = r.arn("sns", r.physicalName);
    return { id: arn, arn };
  },
  "aws:sns/topicSubscription:TopicSubscription": (r) => {
    const arn = `${r.input("topic")}:${r.uid}`;
    return { id: arn, arn };
  },
  "aws:sqs/queue:Queue": (r) => {
    const url = `https://sqs.${r.region}.amazonaws.com/${accountId}/${r.physicalName}`;
    return { id: url, url, arn: r.arn("sqs", r.physicalName) };
  },
  "aws:ssm/parameter:Parameter": (r) => ({
    arn: r.arn("ssm", `parameter/${r.physicalName.replace(/^\//, "")}`),
    version: 1,
  }),
  "aws:xray/samplingRule:SamplingRule": (r) => ({
    id: r.input("ruleName"),
    arn: r.arn("xray", `sampling-rule/${r.input("ruleName")}`),
  }),
  "random:index/randomBytes:RandomBytes": (r) => ({
    base64: Buffer.from(r.uid).toString("base64"),
    hex: Buffer.from(r.uid).toString("hex"),
  }),
  "random:index/randomId:RandomId": (r) => ({ id: r.uid, hex: r.uid, b64Url: r.uid }),
  "random:index/randomPassword:RandomPassword": (r) => ({ result: `password-${r.uid}` }),
};

/** The state and id of a resource as its provider would report them after creation. */
export function create(declared: Declared): { id: string; state: Record<string, unknown> } {
  const { type, name, inputs, region } = declared;
  const physicalName = typeof inputs.name === "string" && inputs.name ? inputs.name : name;
  const longUid = createHash("sha256").update(`${type} ${name}`).digest("hex");
  const { id = physicalName, ...outputs } =
    providers[type]?.({
      ...declared,
      physicalName,
      uid: longUid.slice(0, 10),
      longUid,
      input: (key) => String(inputs[key]),
      arn: (service, resource) => `arn:aws:${service}:${region}:${accountId}:${resource}`,
    }) ?? {};
  // Who has an ARN has a name; Pulumi makes one up where the app gives none.
  return { id, state: { ...("arn" in outputs && { name: physicalName }), ...inputs, ...outputs } };
}
