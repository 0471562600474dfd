import { getHealth } from "@petstore/core/contract/health";
import { ok } from "../http/responses.ts";
import { serve } from "../http/serve.ts";

export const handler = serve(getHealth, async () =>
  ok({ status: "ok" }, { "cache-control": "no-store" }),
);
