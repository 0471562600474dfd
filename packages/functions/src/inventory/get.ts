import { getInventory } from "@petstore/core/contract/inventory";
import { readInventory } from "@petstore/core/inventory/inventory-table";
import { ok } from "../http/responses.ts";
import { serve } from "../http/serve.ts";

export const handler = serve(getInventory, async () =>
  ok(await readInventory(), { "cache-control": "no-cache" }),
);
