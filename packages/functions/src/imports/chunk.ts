import { Chunk, importChunk } from "@petstore/core/imports/import-chunk";
import { count, logger } from "@petstore/core/telemetry";
import { consume } from "../consumers/queue.ts";

export const handler = consume("ImportChunk", Chunk, async (message) => {
  const { importId, chunk } = message;
  const result = await importChunk(message);
  if (!result) return logger.info("chunk was imported before", { importId, chunk });
  logger.info("chunk imported", { importId, chunk, ...result });
  count("ImportRowsImported", result.imported);
  count("ImportRowsFailed", result.failed);
});
