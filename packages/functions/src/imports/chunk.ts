import { Chunk, importChunk } from "@petstore/core/imports/chunk";
import { logger } from "@petstore/core/telemetry";
import { consume } from "../consumers/batch.ts";

export const handler = consume(Chunk, async (message) => {
  const { importId, chunk } = message;
  const result = await importChunk(message);
  logger.info(result ? "chunk imported" : "chunk was imported before", {
    importId,
    chunk,
    ...result,
  });
});
