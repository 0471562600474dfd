import { mailRate, sendMail } from "./mail";
import { createWorkQueue, sendMessages } from "./queue";
import { stage } from "./stage";
import { countMails, readImports, rememberDone, writeImports, writePets } from "./table";

/**
 * Chunks of imports. One chunk per invocation: a chunk is sized for an invocation's time, and a
 * timeout then affects no other chunk.
 */
const chunks = createWorkQueue("Chunks", {
  name: "ImportChunk",
  file: "imports/chunk",
  timeoutSeconds: 10,
  maxConcurrency: stage.workers.chunks,
  batchSize: 1,
  permissions: [readImports, writeImports, writePets],
});
export const sendChunks = sendMessages("SendChunks", chunks);

/** Events that owners receive a mail about. */
const notifications = createWorkQueue("Notifications", {
  name: "Notify",
  file: "notify/notify",
  timeoutSeconds: mailRate.timeoutSeconds,
  maxConcurrency: stage.workers.notifications,
  batchSize: mailRate.batchSize,
  permissions: [rememberDone, countMails, sendMail],
  managesRetries: true,
});
export const sendNotifications = sendMessages("SendNotifications", notifications);
