import type { CreateTableCommandInput } from "@aws-sdk/client-dynamodb";
import { httpApis } from "../services/apigateway/resources.ts";
import { userPools } from "../services/cognito/resources.ts";
import { tables } from "../services/dynamodb/resources.ts";
import { roles } from "../services/iam/roles.ts";
import { eventSources } from "../services/lambda/event-sources/mappings.ts";
import { lambdaFunctions } from "../services/lambda/functions.ts";
import { schedules } from "../services/scheduler/resources.ts";
import { mailIdentities } from "../services/ses/resources.ts";
import { queues } from "../services/sqs/resources.ts";
import type { Build, Grants, Graph } from "./graph.ts";
import { unhosted } from "./unhosted.ts";

/** https://docs.aws.amazon.com/lambda/latest/api/API_LoggingConfig.html */
export type LogLevel = "TRACE" | "DEBUG" | "INFO" | "WARN" | "ERROR" | "FATAL";

/** A Lambda function. */
export interface LambdaFunction {
  /** Logical name in the app, for example `GetPet`. */
  name: string;
  /** Physical name, for example `petstore-offline-GetPetFunction-abcdefgh`. */
  functionName: string;
  arn: string;
  roleArn: string;
  memoryMb: number;
  timeoutSeconds: number;
  /** The function's environment, links (`SST_RESOURCE_…`) included. */
  environment: Record<string, string>;
  logGroup: string;
  logFormat: "JSON" | "Text";
  /** The lowest level that Lambda logs. Absent: the format is text, and Lambda logs every line. */
  logLevel?: LogLevel;
  /** Whether its invocations are traced by Lambda, or only their callers' traces carried on. */
  tracing: "Active" | "PassThrough";
  reservedConcurrency?: number;
  build: Build;
}

/** An API Gateway HTTP API with its default stage. */
export interface HttpApi {
  name: string;
  apiId: string;
  cors?: CorsConfiguration;
  authorizers: JwtAuthorizer[];
  routes: HttpRoute[];
  /** Default route settings of the stage. Absent: the account's limits, which offline are none. */
  throttle?: { rateLimit: number; burstLimit: number };
  /** The stage's access log format, with `$context.…` variables. */
  accessLogFormat?: string;
}

export interface HttpRoute {
  /** Route key: `GET /api/pets/{id}`, `ANY /path/{proxy+}` or `$default`. */
  key: string;
  functionArn: string;
  payloadFormatVersion: "1.0" | "2.0";
  /** Absent: everybody may call it. */
  authorization?: RouteAuthorization;
}

export type RouteAuthorization =
  /** With at least one of the scopes, if there are any. */
  | { type: "JWT"; authorizerId: string; scopes: string[] }
  /** Nobody may call it, for what decides is not hosted: `AWS_IAM`, or `CUSTOM` (a function). */
  | { type: "closed"; by: string };

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html */
export interface JwtAuthorizer {
  id: string;
  /** Where the token is: `$request.header.Authorization` or `$request.querystring.token`. */
  identitySource: string;
  /** URL of the identity provider, as its tokens have it. */
  issuer: string;
  audiences: string[];
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html */
export interface CorsConfiguration {
  allowOrigins?: string[];
  allowMethods?: string[];
  allowHeaders?: string[];
  exposeHeaders?: string[];
  /** Seconds. */
  maxAge?: number;
  allowCredentials?: boolean;
}

/** A Cognito user pool. */
export interface UserPool {
  name: string;
  /** For example `us-east-1_0a1b2c3d4`. */
  id: string;
  /** As the graph has it: `https://cognito-idp.<region>.amazonaws.com/<id>`. */
  issuer: string;
  clientIds: string[];
  /** The full names of its resource servers' scopes: `<identifier>/<scope>`. */
  scopes: string[];
  /** The function that customizes users' access tokens: a pre token generation trigger, version `V2_0`. */
  preTokenGenerationArn?: string;
}

/** An address or a domain that SES sends mail from. */
export interface MailIdentity {
  arn: string;
  emailIdentity: string;
  /** Of its default configuration set. */
  configurationSetArn?: string;
}

/** A DynamoDB table. */
export interface Table {
  name: string;
  arn: string;
  /** Of its stream, as the graph has it. Absent: it has none. */
  streamArn?: string;
  /** What `CreateTable` takes. */
  definition: CreateTableCommandInput;
  ttlAttribute?: string;
}

/** An SQS queue. */
export interface Queue {
  name: string;
  arn: string;
  /** As the graph has it (and functions are told): `https://sqs.<region>.amazonaws.com/<account>/<name>`. */
  url: string;
  /** What `CreateQueue` takes: `VisibilityTimeout`, `RedrivePolicy` (JSON), `FifoQueue`, … */
  attributes: Record<string, string>;
}

/** An event source mapping: Lambda polls a queue or a stream for a function. */
export interface EventSource {
  name: string;
  /** Of a queue, or of a table's stream. */
  eventSourceArn: string;
  functionArn: string;
  enabled: boolean;
  batchSize: number;
  batchingWindowSeconds: number;
  /** Event filter patterns (JSON); a record that matches none of them is dropped. Empty: all pass. */
  filters: string[];
  /** `ReportBatchItemFailures`. */
  partialResponses: boolean;
  /** Queues: invocations at a time. */
  maximumConcurrency?: number;
  /** Streams: where to begin. */
  startingPosition?: "LATEST" | "TRIM_HORIZON";
  /** Streams: -1 is for ever. */
  maximumRetryAttempts: number;
  /** Streams: -1 is for ever. */
  maximumRecordAgeSeconds: number;
  /** Streams: split a batch that fails. */
  bisectOnError: boolean;
  /** Streams: ARN of the queue that hears of batches given up. */
  onFailureArn?: string;
}

/** An EventBridge Scheduler schedule. */
export interface Schedule {
  name: string;
  arn: string;
  /** `rate(5 minutes)`, `cron(0 12 * * ? *)` or `at(2026-01-01T00:00:00)`. */
  expression: string;
  timezone: string;
  enabled: boolean;
  /** The function's ARN. */
  targetArn: string;
  /** Of the role with which the function is invoked. */
  roleArn: string;
  /** The event, JSON. */
  input: string;
  maximumRetryAttempts: number;
  /** ARN of the queue for events that could not be delivered. */
  deadLetterArn?: string;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html */
export interface PolicyDocument {
  Version?: unknown;
  Statement: unknown;
}

/** An IAM role. */
export interface Role {
  /** Logical name in the app, for example `GetPetRole`. */
  name: string;
  /** Physical name. */
  roleName: string;
  arn: string;
  policies: PolicyDocument[];
  /** ARNs of policies that are attached, and whose documents nobody knows here. */
  unknownPolicies: string[];
}

/** Resources that do not run offline, by Pulumi type. */
export interface Unhosted {
  type: string;
  names: string[];
}

/** A graph, seen as the services that the offline runtime hosts. */
export interface App {
  name: string;
  stage: string;
  region: string;
  functions: LambdaFunction[];
  apis: HttpApi[];
  userPools: UserPool[];
  mailIdentities: MailIdentity[];
  tables: Table[];
  queues: Queue[];
  eventSources: EventSource[];
  schedules: Schedule[];
  roles: Role[];
  /** What a link grants to the functions that have it, by its name. */
  grants: Grants;
  unhosted: Unhosted[];
}

/** Reads the hosted services out of a graph. */
export function toApp(graph: Graph): App {
  return {
    name: graph.app,
    stage: graph.stage,
    region: graph.region,
    functions: lambdaFunctions(graph),
    apis: httpApis(graph),
    userPools: userPools(graph),
    mailIdentities: mailIdentities(graph),
    tables: tables(graph),
    queues: queues(graph),
    eventSources: eventSources(graph),
    schedules: schedules(graph),
    roles: roles(graph),
    grants: graph.grants,
    unhosted: unhosted(graph),
  };
}
