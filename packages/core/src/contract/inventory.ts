import * as z from "zod";
import { Inventory } from "../inventory/inventory.ts";
import { defineOperation } from "./operation.ts";
import { routes } from "./routes.ts";

export const getInventory = /* @__PURE__ */ defineOperation(() => ({
  ...routes.getInventory,
  summary: "Count pets by species and status",
  responses: {
    200: {
      description: "The counts. They follow writes within moments, and include each exactly once",
      body: Inventory,
      headers: z.object({ "cache-control": z.literal("no-cache") }),
    },
  },
  problems: [],
}));
