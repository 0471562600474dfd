import { SQSClient } from "@aws-sdk/client-sqs";
import { traced } from "../telemetry.ts";

/** One client for the life of the process, with time for the SDK's own retries, as the table's. */
export const client = traced(
  new SQSClient({
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: 3_000,
      throwOnRequestTimeout: true,
    },
    // A queue's URL names the queue, and nothing else: else the SDK sends to the host in it, whatever
    // endpoint is configured.
    useQueueUrlAsEndpoint: false,
  }),
);
