import * as z from "zod";
import { defineOperation } from "./operation.ts";
import { routes } from "./routes.ts";

export const getHealth = /* @__PURE__ */ defineOperation(() => ({
  ...routes.getHealth,
  summary: "Check whether the API is available",
  responses: {
    200: {
      description: "The API is available",
      body: z.object({ status: z.literal("ok") }),
      headers: z.object({ "cache-control": z.literal("no-store") }),
    },
  },
  problems: [],
}));
