import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";

type Json = Record<string, unknown>;

/** An OpenAPI document, or a part of one, with untyped members. */
// biome-ignore lint/suspicious/noExplicitAny: its own schemas validate it
export type Document = any;

/** Returns the errors of a value; none if it is valid. */
export type Judge = (value: unknown) => string[];

/** Compiles schemas of an OpenAPI 3.1 document, which are JSON Schemas (draft 2020-12). */
export function ajvOf(document: object) {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addSchema(document, "openapi.json");
  const compiled = new Map<string, Judge>();
  const compile = (schema: object): Judge => {
    const key = JSON.stringify(schema);
    const known = compiled.get(key);
    if (known) return known;
    const absolute = JSON.parse(key.replaceAll('"$ref":"#/', '"$ref":"openapi.json#/')) as Json;
    const validate = ajv.compile(absolute);
    const judge: Judge = (value) =>
      validate(value)
        ? []
        : (validate.errors ?? []).map(({ instancePath, message, params }) =>
            [instancePath, message, JSON.stringify(params)].join(" "),
          );
    compiled.set(key, judge);
    return judge;
  };
  return { compile };
}
