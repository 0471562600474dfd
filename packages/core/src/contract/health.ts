import * as z from "zod";
import { operation } from "./operation.ts";
import { routes } from "./routes.ts";

export const getHealth = operation({
  ...routes.getHealth,
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
