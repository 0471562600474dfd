import {
  IdempotencyAlreadyInProgressError,
  IdempotencyPersistenceLayerError,
} from "@aws-lambda-powertools/idempotency";
import { countFailure } from "@petstore/core/mail/failures";
import { SendLaterError } from "@petstore/core/mail/send";
import { copyMessage, postponeMessage } from "@petstore/core/queue/redeliver";
import { logger } from "@petstore/core/telemetry";
import { isThrottlingError, isTransientError } from "@smithy/core/retry";
import type { SdkError } from "@smithy/types";
import type { SQSRecord } from "aws-lambda";
import { Resource } from "sst";

/** Failures after which a message is moved to the dead-letter queue. */
const MAX_FAILURES = 5;

/**
 * Postpones a message that failed, or moves it to the dead-letter queue.
 *
 * A message of a large backlog may be received hundreds of times before SES accepts its mail, so the
 * queue's receive count does not show which messages cannot succeed. Failures are counted here
 * instead: temporary errors postpone the message without being counted, and the fifth other failure
 * moves it to the dead-letter queue.
 *
 * @throws the error when the message must be delivered again
 */
export async function onFailure(error: Error, record: SQSRecord): Promise<void> {
  const { messageId } = record;
  try {
    if (isTemporary(error)) {
      const seconds = await postponeMessage(Resource.ConsumeNotifications.url, record);
      logger.info("message postponed", { messageId, seconds, reason: error.message });
    } else {
      const failures = await countFailure(messageId);
      logger.error("message failed", { error, messageId, failures });
      if (failures >= MAX_FAILURES) {
        return await copyMessage(Resource.ConsumeNotifications.deadLettersUrl, record);
      }
    }
  } catch (recordingError) {
    // The queue delivers the message again when its visibility timeout ends.
    logger.error("message failed", { error, messageId });
    logger.error("failure not recorded", { error: recordingError as Error, messageId });
  }
  throw error;
}

/** Returns whether the message can succeed later: SES or the table is busy, or another worker has it. */
const isTemporary = (error: Error): boolean =>
  error instanceof SendLaterError ||
  error instanceof IdempotencyAlreadyInProgressError ||
  error instanceof IdempotencyPersistenceLayerError ||
  isThrottlingError(error as SdkError) ||
  isTransientError(error as SdkError);
