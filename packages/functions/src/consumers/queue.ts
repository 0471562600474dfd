import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import { summaryOf } from "@petstore/core/problems/issues";
import { logger, observed, share } from "@petstore/core/telemetry";
import { type Cause, CorrelationId } from "@petstore/core/trace-context";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type * as z from "zod";

/**
 * Makes a Lambda handler of a queue's messages: parses each by the schema, and hands it on, all of a
 * batch at once. What fails is reported by itself (`ReportBatchItemFailures`) and logged in one line:
 * the queue brings it again after its visibility timeout, and gives it to the dead-letter queue in
 * the end, while the others of its batch are done. Lines, AWS calls and all that is sent on belong to
 * what began the message.
 *
 * @param handle does what one message asks for. It is given the SQS record too: `messageId`,
 * `attributes`, `messageAttributes`. A message may come more than once.
 * @param onFailure is called for a message that was not handled. The message comes again when it
 * throws, and is finished when it returns.
 */
export const consume =
  <S extends z.ZodType>(
    operation: string,
    schema: S,
    handle: (message: z.output<S>, record: SQSRecord) => Promise<void>,
    onFailure: (error: Error, record: SQSRecord) => Promise<void> = fail,
  ) =>
  (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const work = async (record: SQSRecord) => {
      const { messageId, attributes } = record;
      const receiveCount = Number(attributes.ApproximateReceiveCount);
      logger.debug("message received", { messageId, receiveCount });
      try {
        await handle(parse(schema, record.body), record);
      } catch (error) {
        await onFailure(error as Error, record);
      }
    };
    const shared = (record: SQSRecord) => share(operation, causeOf(record), () => work(record));
    // A processor keeps the state of one batch. A batch that failed as a whole is reported like any.
    const processor = new BatchProcessor(EventType.SQS);
    return observed({ context, operation, line: "batch" }, async (summary) => {
      const response = await processPartialResponse(event, shared, processor, {
        throwOnFullBatchFailure: false,
      });
      Object.assign(summary, {
        messages: event.Records.length,
        failed: response.batchItemFailures.length,
        correlationIds: event.Records.map((record) => causeOf(record).correlationId),
      });
      return response;
    });
  };

/** Logs why a message failed, and throws it. */
async function fail(error: Error, { messageId, attributes }: SQSRecord): Promise<never> {
  const receiveCount = Number(attributes.ApproximateReceiveCount);
  logger.error("message failed", { error, messageId, receiveCount });
  throw error;
}

/** What began a message, as whoever sent it says. One that says nothing began by itself. */
function causeOf({ messageId, messageAttributes, attributes }: SQSRecord): Cause {
  const correlationId = CorrelationId.safeParse(messageAttributes?.correlationId?.stringValue);
  return { correlationId: correlationId.data ?? messageId, trace: attributes.AWSTraceHeader };
}

/** @throws Error that says what is wrong, without the message's text: it may be personal */
function parse<S extends z.ZodType>(schema: S, body: string): z.output<S> {
  let message: unknown;
  try {
    message = JSON.parse(body);
  } catch {
    throw new Error("The message is not JSON.");
  }
  const { data, error } = schema.safeParse(message);
  if (error) {
    const wrong = summaryOf(error).map(({ pointer, detail }) => `${pointer} ${detail}`.trim());
    throw new Error(`The message does not match its schema: ${wrong.join("; ")}`);
  }
  return data as z.output<S>;
}
