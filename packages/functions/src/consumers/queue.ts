import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import { summaryOf } from "@petstore/core/problems/issues";
import { logger, runInSpan, withTelemetry } from "@petstore/core/telemetry";
import { CorrelationId, type TraceContext } from "@petstore/core/trace-context";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type * as z from "zod";

/**
 * Returns the Lambda handler of a queue. It parses every message by the schema, and handles all
 * messages of a batch at the same time, each in a separate span of its trace. A message that fails
 * is logged in one line and reported (`ReportBatchItemFailures`): the queue delivers it again after
 * its visibility timeout, and finally moves it to the dead-letter queue.
 *
 * @param handle handles one message. Its second argument is the SQS record: `messageId`,
 * `attributes`, `messageAttributes`. A message can be delivered more than once.
 * @param onFailure is called for a message that failed. The message is delivered again when it
 * throws, and is deleted when it returns.
 */
export const consumeQueue =
  <S extends z.ZodType>(
    operation: string,
    schema: S,
    handle: (message: z.output<S>, record: SQSRecord) => Promise<void>,
    onFailure: (error: Error, record: SQSRecord) => Promise<void> = logAndThrow,
  ) =>
  (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const handleRecord = async (record: SQSRecord) => {
      const { messageId, attributes } = record;
      const receiveCount = Number(attributes.ApproximateReceiveCount);
      logger.debug("message received", { messageId, receiveCount });
      try {
        await handle(parseMessage(schema, record.body), record);
      } catch (error) {
        await onFailure(error as Error, record);
      }
    };
    const handleInSpan = (record: SQSRecord) =>
      runInSpan(operation, traceContextOf(record), () => handleRecord(record));
    // A processor has the state of one batch.
    const processor = new BatchProcessor(EventType.SQS);
    return withTelemetry({ context, operation, line: "batch" }, async (summary) => {
      const response = await processPartialResponse(event, handleInSpan, processor, {
        throwOnFullBatchFailure: false,
      });
      Object.assign(summary, {
        messages: event.Records.length,
        failed: response.batchItemFailures.length,
        correlationIds: event.Records.map((record) => traceContextOf(record).correlationId),
      });
      return response;
    });
  };

async function logAndThrow(error: Error, { messageId, attributes }: SQSRecord): Promise<never> {
  const receiveCount = Number(attributes.ApproximateReceiveCount);
  logger.error("message failed", { error, messageId, receiveCount });
  throw error;
}

/** Returns the trace context that the sender set. The default correlation id is the message's id. */
function traceContextOf({ messageId, messageAttributes, attributes }: SQSRecord): TraceContext {
  const correlationId = CorrelationId.safeParse(messageAttributes?.correlationId?.stringValue);
  return { correlationId: correlationId.data ?? messageId, trace: attributes.AWSTraceHeader };
}

/** @throws Error that lists the errors, without the message's text: it can be personal */
function parseMessage<S extends z.ZodType>(schema: S, body: string): z.output<S> {
  let message: unknown;
  try {
    message = JSON.parse(body);
  } catch {
    throw new Error("The message is not JSON.");
  }
  const { data, error } = schema.safeParse(message);
  if (error) {
    const errors = summaryOf(error).map(({ pointer, detail }) => `${pointer} ${detail}`.trim());
    throw new Error(`The message does not match its schema: ${errors.join("; ")}`);
  }
  return data as z.output<S>;
}
