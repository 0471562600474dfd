import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import { summaryOf } from "@petstore/core/problems/issues";
import { logger, observed } from "@petstore/core/telemetry";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type * as z from "zod";

/**
 * Makes a Lambda handler of a queue's messages: parses each by the schema, and hands it on, all of a
 * batch at once. What fails is reported by itself (`ReportBatchItemFailures`) and logged in one line:
 * the queue brings it again after its visibility timeout, and gives it to the dead-letter queue in
 * the end, while the others of its batch are done.
 *
 * @param handle does what one message asks for. It is given the SQS record too: `messageId`,
 * `attributes`, `messageAttributes`. A message may come more than once.
 */
export const consume =
  <S extends z.ZodType>(
    schema: S,
    handle: (message: z.output<S>, record: SQSRecord) => Promise<void>,
  ) =>
  (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const work = async (record: SQSRecord) => {
      try {
        await handle(parse(schema, record.body), record);
      } catch (error) {
        logger.error("message failed", {
          error: error as Error,
          messageId: record.messageId,
          receiveCount: Number(record.attributes.ApproximateReceiveCount),
        });
        throw error;
      }
    };
    // A processor keeps the state of one batch. A batch that failed as a whole is reported like any.
    const processor = new BatchProcessor(EventType.SQS);
    return observed(context.functionName, context, () =>
      processPartialResponse(event, work, processor, { throwOnFullBatchFailure: false }),
    );
  };

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
