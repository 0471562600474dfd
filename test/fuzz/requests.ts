import fc from "fast-check";
import { anyText, anyValue, valid } from "./arbitraries.ts";
import { bodies } from "./dictionary/bodies.ts";
import { mediaTypes, headers as oddHeaders } from "./dictionary/headers.ts";
import type { Described } from "./document.ts";
import { anySender, type Sender } from "./senders.ts";

/** A request to an operation. */
export interface Request {
  operation: Described;
  /** Whether a GET is sent as HEAD. */
  isHead?: boolean;
  sender: Sender;
  /** By place and name: a valid value, any text, or (`known`) the id of a created resource. */
  parameters: { name: string; in: string; value: string; known?: number }[];
  /** Additional headers, which may contradict the others. */
  headers: [name: string, value: string][];
  mediaType?: string;
  body?: string;
}

/** Generates valid, nearly valid and invalid requests. */
export const requestFor = (operation: Described): fc.Arbitrary<Request> =>
  fc.record(
    {
      operation: fc.constant(operation),
      sender: anySender,
      parameters: fc
        .tuple(...operation.parameters.map(parameter))
        .map((all) => all.filter((one) => one !== undefined)),
      headers: rarely(fc.array(fc.constantFrom(...oddHeaders), { minLength: 1, maxLength: 3 }), []),
      ...(operation.method === "GET" && { isHead: rarely(fc.constant(true), false) }),
      ...(operation.body && bodyOf(operation.body)),
    },
    { noNullPrototype: true },
  );

/** Generates the usual value in five of six cases. */
const rarely = <T>(unusual: fc.Arbitrary<T>, usual: T) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: unusual });

function parameter({ name, in: place, required, schema }: Described["parameters"][number]) {
  const good = valid(schema).map((value) => ({ name, in: place, value: String(value) }));
  // Gateways log paths unchanged, and tests would report an address in a path as a leak.
  const text = place === "path" ? anyText.filter((one) => !one.includes("@")) : anyText;
  const bad = text.map((value) => ({ name, in: place, value }));
  const known = fc.nat(99).map((index) => ({ name, in: place, value: "", known: index }));
  return fc.oneof(
    { weight: place === "path" ? 1 : 4, arbitrary: good },
    { weight: 1, arbitrary: bad },
    { weight: name === "id" ? 12 : 0, arbitrary: known },
    { weight: required ? 0 : 8, arbitrary: fc.constant(undefined) },
  );
}

function bodyOf({ content }: NonNullable<Described["body"]>) {
  const types = Object.keys(content);
  const { schema } = content[types[0] as string] as { schema: object };
  const good = valid(schema);
  const json = fc.oneof(
    { weight: 5, arbitrary: good },
    { weight: 3, arbitrary: fc.tuple(good, anyText, anyValue).map(spoil) },
    { weight: 1, arbitrary: anyValue },
  );
  return {
    mediaType: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...types) },
      { weight: 1, arbitrary: fc.constantFrom(...mediaTypes) },
    ),
    body: fc.oneof(
      { weight: 6, arbitrary: json.map((value) => JSON.stringify(value)) },
      { weight: 1, arbitrary: fc.constantFrom(...bodies) },
    ),
  };
}

/** Returns the value with one member changed or added. */
function spoil([value, text, other]: [unknown, string, unknown]): unknown {
  if (Array.isArray(value)) return [...value, other];
  const names = Object.keys(value as object);
  const name = names.length > 0 && text.length % 2 ? names[text.length % names.length] : text;
  return { ...(value as object), [name as string]: other };
}
