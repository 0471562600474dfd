import {
  IdempotencyAlreadyInProgressError,
  IdempotencyPersistenceLayerError,
} from "@aws-lambda-powertools/idempotency";
import { countFailure } from "@petstore/core/mail/failures";
import { NotNow } from "@petstore/core/mail/send";
import { copyTo, postpone } from "@petstore/core/queue/redeliver";
import { logger } from "@petstore/core/telemetry";
import { isThrottlingError, isTransientError } from "@smithy/core/retry";
import type { SdkError } from "@smithy/types";
import type { SQSRecord } from "aws-lambda";
import { Resource } from "sst";

/** Failures after which a message becomes a dead letter. */
const FAILURES = 5;

/**
 * Decides about a message that was not handled.
 *
 * A message of a large backlog may be received hundreds of times before SES accepts its mail, so the
 * queue's receive count does not tell which messages are hopeless. Failures are counted here instead:
 * what can succeed later is postponed without being counted, and the fifth failure puts the message
 * into the dead-letter queue.
 *
 * @throws the error when the message is to come again
 */
export async function onFailure(error: Error, record: SQSRecord): Promise<void> {
  const { messageId } = record;
  try {
    if (isTemporary(error)) {
      const seconds = await postpone(Resource.ConsumeNotifications.url, record);
      logger.info("message postponed", { messageId, seconds, reason: error.message });
    } else {
      const failures = await countFailure(messageId);
      logger.error("message failed", { error, messageId, failures });
      if (failures >= FAILURES) {
        return await copyTo(Resource.ConsumeNotifications.deadLettersUrl, record);
      }
    }
  } catch (another) {
    // The message comes again when its visibility timeout ends.
    logger.error("message failed", { error, messageId });
    logger.error("failure not recorded", { error: another as Error, messageId });
  }
  throw error;
}

/** Whether the same message can succeed later: SES or the table is busy, or another worker has it. */
const isTemporary = (error: Error): boolean =>
  error instanceof NotNow ||
  error instanceof IdempotencyAlreadyInProgressError ||
  error instanceof IdempotencyPersistenceLayerError ||
  isThrottlingError(error as SdkError) ||
  isTransientError(error as SdkError);
