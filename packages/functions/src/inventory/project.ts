import { toInventoryDelta } from "@petstore/core/inventory/inventory";
import { countDeltas, MAX_DELTAS } from "@petstore/core/inventory/inventory-table";
import { countMetric } from "@petstore/core/telemetry";
import { consumeStream } from "../consumers/stream.ts";

/** Counts pets exactly once, imported pets too, so the metrics of pets are counted here as well. */
export const handler = consumeStream("ProjectInventory", {
  toTask: toInventoryDelta,
  batchSize: MAX_DELTAS,
  async handle(tasks) {
    const counted = await countDeltas(tasks.map(({ task }) => task));
    const adopted = counted.filter(({ to }) => to?.endsWith("#adopted"));
    countMetric("PetsCreated", counted.filter(({ from }) => !from).length);
    countMetric("PetsAdopted", adopted.length);
  },
});
