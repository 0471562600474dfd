import { stepOf } from "@petstore/core/inventory/inventory";
import { count, MAX_STEPS } from "@petstore/core/inventory/inventory-table";
import * as telemetry from "@petstore/core/telemetry";
import { consume } from "../consumers/stream.ts";

/** Every write passes here, imported pets too, and none is counted twice: so metrics count here as well. */
export const handler = consume("ProjectInventory", {
  take: stepOf,
  size: MAX_STEPS,
  async handle(shares) {
    const counted = await count(shares.map(({ task }) => task));
    const adopted = counted.filter(({ to }) => to?.endsWith("#adopted"));
    telemetry.count("PetsCreated", counted.filter(({ from }) => !from).length);
    telemetry.count("PetsAdopted", adopted.length);
  },
});
