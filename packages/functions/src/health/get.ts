import { getHealth } from "@petstore/core/contract/health/get";
import { ok } from "../http/answers.ts";
import { serve } from "../http/serve.ts";

export const handler = serve(getHealth, async () =>
  ok({ status: "ok" }, { "cache-control": "no-store" }),
);
