import { AwsResponseError, callJson } from "../../util/call-json.ts";

/** An error response of DynamoDB or DynamoDB Streams. */
export class DynamoDbError extends AwsResponseError {}

/**
 * Calls an operation of DynamoDB.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
 *
 * @throws {DynamoDbError} DynamoDB responds with an error.
 */
export const callDynamoDb = (endpoint: string, operation: string, input: object) =>
  call(endpoint, `DynamoDB_20120810.${operation}`, input);

/**
 * Calls an operation of DynamoDB Streams, which the engines serve at the same endpoint.
 *
 * @throws {DynamoDbError} DynamoDB Streams responds with an error.
 */
export const callDynamoDbStreams = (endpoint: string, operation: string, input: object) =>
  call(endpoint, `DynamoDBStreams_20120810.${operation}`, input);

/** The engines require a credential but do not check the signature. */
function call(endpoint: string, target: string, input: object): Promise<unknown> {
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = `offline/${date.slice(0, 8)}/us-east-1/dynamodb/aws4_request`;
  const headers = {
    "x-amz-date": date,
    authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none`,
  };
  return callJson({ endpoint, target, input, headers, ErrorType: DynamoDbError });
}
