import * as z from "zod";
import { cachedContent, IfNoneMatch } from "../headers.ts";
import { operation } from "../operation.ts";
import { routes } from "../routes.ts";

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
