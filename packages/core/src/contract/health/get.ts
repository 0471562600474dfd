import * as z from "zod";
import { operation } from "../operation.ts";

export const getHealth = operation({
  method: "GET",
  path: "/api/health",
  summary: "Tell whether the API is up",
  answers: {
    200: {
      description: "It is",
      body: z.object({ status: z.literal("ok") }),
      headers: z.object({ "cache-control": z.literal("no-store") }),
    },
  },
  problems: [],
});
