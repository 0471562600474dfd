import * as z from "zod";
import { Bytes, cachedContent, IfNoneMatch } from "./fields.ts";
import { operation } from "./operation.ts";
import { routes } from "./routes.ts";

/** What the documentation's page is made of, and the media type of each. */
export const docsFiles = {
  "swagger-ui.css": "text/css",
  "swagger-ui-bundle.js": "text/javascript",
} as const;

const FileName = z.enum(Object.keys(docsFiles) as (keyof typeof docsFiles)[]);
const fileHeaders = z.object({ ...cachedContent, vary: z.literal("accept-encoding") });

export const getDocsFile = operation({
  ...routes.getDocsFile,
  summary: "Read a part of the documentation's page",
  params: z.object({ file: FileName }),
  headers: IfNoneMatch.extend({ "accept-encoding": z.string().optional() }),
  answers: {
    200: {
      description: "The file, compressed for those who take gzip",
      mediaTypes: Object.values(docsFiles),
      body: Bytes,
      headers: fileHeaders.extend({
        "content-type": z.enum(["text/css; charset=utf-8", "text/javascript; charset=utf-8"]),
        "content-encoding": z.literal("gzip").optional(),
        "x-content-type-options": z.literal("nosniff"),
      }),
    },
    304: { description: "The client has this version already", headers: fileHeaders },
  },
  problems: ["not-found"],
});

const headers = z.object(cachedContent);

export const getOpenApi = operation({
  ...routes.getOpenApi,
  summary: "Read this description of the API",
  headers: IfNoneMatch,
  answers: {
    200: {
      description: "The description, in OpenAPI 3.1",
      body: z.looseObject({ openapi: z.string() }),
      headers,
    },
    304: { description: "The client has this version already", headers },
  },
  problems: [],
});

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
