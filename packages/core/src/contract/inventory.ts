import * as z from "zod";
import { Inventory } from "../inventory/inventory.ts";
import { operation } from "./operation.ts";
import { routes } from "./routes.ts";

export const getInventory = operation({
  ...routes.getInventory,
  summary: "Count pets by species and status",
  answers: {
    200: {
      description: "The counts. They follow writes within moments, and never miss one",
      body: Inventory,
      headers: z.object({ "cache-control": z.literal("no-cache") }),
    },
  },
  problems: [],
});
