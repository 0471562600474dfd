import * as z from "zod";
import { Bytes, cachedContent, IfNoneMatch } from "../headers.ts";
import { operation } from "../operation.ts";
import { routes } from "../routes.ts";

const headers = z.object(cachedContent);

export const getDocs = operation({
  ...routes.getDocs,
  summary: "Open the documentation, and try the API, in a browser",
  headers: IfNoneMatch,
  answers: {
    200: {
      description: "A page that needs nothing from elsewhere",
      mediaTypes: ["text/html"],
      body: Bytes,
      headers: headers.extend({
        "content-type": z.literal("text/html; charset=utf-8"),
        "content-security-policy": z.string(),
        "x-content-type-options": z.literal("nosniff"),
      }),
    },
    304: { description: "The client has this version already", headers },
  },
  problems: [],
});
