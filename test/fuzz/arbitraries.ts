import fc from "fast-check";
import { ajvOf, type Document } from "../support/openapi.ts";
import { texts, values } from "./dictionary/texts.ts";
import { document, follow } from "./document.ts";

const { compile } = ajvOf(document);

/** Generates values that match a schema of the document, also at its limits. */
export function valid(unresolved: Document): fc.Arbitrary<unknown> {
  const schema = follow(unresolved);
  const accepts = compile(schema);
  return anyOf(schema).filter((value) => accepts(value).length === 0);
}

function anyOf(schema: Document): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if ("const" in schema) return fc.constant(schema.const);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(valid));
  switch (schema.type) {
    case "null":
      return fc.constant(null);
    case "integer":
      return fc.integer({ min: schema.minimum, max: schema.maximum });
    case "string":
      return text(schema);
    case "array":
      return fc.array(valid(schema.items), { minLength: schema.minItems ?? 0, maxLength: 5 });
    case "object":
      return fc.record(
        Object.fromEntries(
          Object.entries(schema.properties ?? {}).map(([name, one]) => [name, valid(one)]),
        ),
        { requiredKeys: schema.required ?? [] },
      );
    default:
      return fc.oneof(fc.jsonValue(), fc.constantFrom(...values));
  }
}

function text(schema: Document): fc.Arbitrary<string> {
  const accepts = compile(schema);
  const known = texts.filter((one) => accepts(one).length === 0);
  return known.length > 0
    ? fc.oneof(generate(schema), fc.constantFrom(...known))
    : generate(schema);
}

function generate({ format, pattern }: Document): fc.Arbitrary<string> {
  if (format === "email") return fc.emailAddress();
  if (format === "uuid") return fc.uuid();
  if (format === "date") {
    const days = fc.date({
      min: new Date("1900-01-01"),
      max: new Date("2100-12-31"),
      noInvalidDate: true,
    });
    return days.map((date) => date.toISOString().slice(0, 10));
  }
  // fast-check does not support these patterns, so matching texts are found by filtering.
  const simple = pattern !== undefined && !/\(\?[=!]|\\p/.test(pattern);
  return simple
    ? fc.stringMatching(new RegExp(pattern, "u"))
    : fc.string({ unit: "grapheme", minLength: 1, maxLength: 100 });
}

/** Any text, with a high share of texts that cause problems. */
export const anyText = fc.oneof(
  fc.constantFrom(...texts),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.string({ unit: "grapheme", maxLength: 200 }),
);

/** Any JSON value, with a high share of values that cause problems. */
export const anyValue = fc.oneof(fc.constantFrom(...values), anyText, fc.jsonValue());
