import { getInventory } from "@petstore/core/contract/inventory/get";
import { get } from "@petstore/core/inventory/get";
import { ok } from "../http/answers.ts";
import { serve } from "../http/serve.ts";

export const handler = serve(getInventory, async () =>
  ok(await get(), { "cache-control": "no-cache" }),
);
