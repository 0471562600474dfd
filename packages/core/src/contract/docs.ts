import * as z from "zod";
import { Bytes, cachedContent, IfNoneMatch } from "./headers.ts";
import { defineOperation } from "./operation.ts";
import { routes } from "./routes.ts";

/** The files of the docs page, with their media types. */
export const docsFiles = {
  "swagger-ui.css": "text/css",
  "swagger-ui-bundle.js": "text/javascript",
} as const;

const FileName = z.enum(Object.keys(docsFiles) as (keyof typeof docsFiles)[]);
const fileHeaders = z.object({ ...cachedContent, vary: z.literal("accept-encoding") });

export const getDocsFile = /* @__PURE__ */ defineOperation(() => ({
  ...routes.getDocsFile,
  summary: "Read a file of the docs page",
  params: z.object({ file: FileName }),
  headers: IfNoneMatch.extend({ "accept-encoding": z.string().optional() }),
  responses: {
    200: {
      description: "The file, compressed if the client accepts gzip",
      mediaTypes: Object.values(docsFiles),
      body: Bytes,
      headers: fileHeaders.extend({
        "content-type": z.enum(["text/css; charset=utf-8", "text/javascript; charset=utf-8"]),
        "content-encoding": z.literal("gzip").optional(),
        "x-content-type-options": z.literal("nosniff"),
      }),
    },
    304: { description: "The client's version is current", headers: fileHeaders },
  },
  problems: ["not-found"],
}));

const headers = z.object(cachedContent);

export const getOpenApi = /* @__PURE__ */ defineOperation(() => ({
  ...routes.getOpenApi,
  summary: "Read the OpenAPI document",
  headers: IfNoneMatch,
  responses: {
    200: {
      description: "The OpenAPI 3.1 document",
      body: z.looseObject({ openapi: z.string() }),
      headers,
    },
    304: { description: "The client's version is current", headers },
  },
  problems: [],
}));

export const getDocs = /* @__PURE__ */ defineOperation(() => ({
  ...routes.getDocs,
  summary: "Open the docs page in a browser",
  headers: IfNoneMatch,
  responses: {
    200: {
      description: "The docs page. It loads nothing from other origins",
      mediaTypes: ["text/html"],
      body: Bytes,
      headers: headers.extend({
        "content-type": z.literal("text/html; charset=utf-8"),
        "content-security-policy": z.string(),
        "x-content-type-options": z.literal("nosniff"),
      }),
    },
    304: { description: "The client's version is current", headers },
  },
  problems: [],
}));
