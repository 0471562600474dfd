import { Chunk } from "@petstore/core/imports/chunks";
import { importChunk } from "@petstore/core/imports/import-chunk";
import { countMetric, logger } from "@petstore/core/telemetry";
import { consumeQueue } from "../consumers/queue.ts";

export const handler = consumeQueue("ImportChunk", Chunk, async (message) => {
  const { importId, chunk } = message;
  const result = await importChunk(message);
  if (!result) return logger.info("chunk was imported before", { importId, chunk });
  logger.info("chunk imported", { importId, chunk, ...result });
  countMetric("ImportRowsImported", result.imported);
  countMetric("ImportRowsFailed", result.failed);
});
