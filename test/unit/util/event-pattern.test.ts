import { compileFilters } from "@petstore/offline/util/event-pattern";
import { UserError } from "@petstore/offline/util/user-error";
import { describe, expect, it } from "vitest";

const record = {
  source: "shop",
  empty: "",
  nothing: null,
  price: 99.5,
  sold: true,
  tags: ["dog", "puppy"],
  none: [],
  owner: { name: "Ada", address: { city: "Paris" } },
  items: [
    { kind: "lead", price: 10 },
    { kind: "bowl", price: 20 },
  ],
};

it.each<[string, object, boolean]>([
  ["a string", { source: ["shop"] }, true],
  ["another string", { source: ["Shop"] }, false],
  ["one of a list", { source: ["zoo", "shop"] }, true],
  ["a number", { price: [99.5] }, true],
  ["a number, otherwise written", { price: [9.95e1] }, true],
  ["a number is no string", { price: ["99.5"] }, false],
  ["a boolean", { sold: [true] }, true],
  ["null", { nothing: [null] }, true],
  ["null is not what is missing", { missing: [null] }, false],
  ["the empty string", { empty: [""] }, true],
  ["null is not the empty string", { nothing: [""] }, false],
  ["a nested field", { owner: { address: { city: ["Paris"] } } }, true],
  ["a nested field of something else", { source: { address: ["Paris"] } }, false],
  ["two fields, both right", { source: ["shop"], sold: [true] }, true],
  ["two fields, one right", { source: ["shop"], sold: [false] }, false],
  ["a field that is an object", { owner: ["Ada"] }, false],

  ["prefix", { source: [{ prefix: "sh" }] }, true],
  ["another prefix", { source: [{ prefix: "op" }] }, false],
  ["a number has no prefix", { price: [{ prefix: "9" }] }, false],
  ["suffix", { source: [{ suffix: "op" }] }, true],
  ["another suffix", { source: [{ suffix: "sh" }] }, false],
  ["equals-ignore-case", { source: [{ "equals-ignore-case": "SHOP" }] }, true],
  ["equals-ignore-case is no prefix", { source: [{ "equals-ignore-case": "SHO" }] }, false],

  ["anything-but", { source: [{ "anything-but": "zoo" }] }, true],
  ["anything-but the value", { source: [{ "anything-but": "shop" }] }, false],
  ["anything-but a list", { source: [{ "anything-but": ["zoo", "shop"] }] }, false],
  ["anything-but a number", { price: [{ "anything-but": [1, 2] }] }, true],
  ["anything-but, of nothing", { missing: [{ "anything-but": "zoo" }] }, false],

  ["numeric =", { price: [{ numeric: ["=", 99.5] }] }, true],
  ["numeric <", { price: [{ numeric: ["<", 99.5] }] }, false],
  ["numeric <=", { price: [{ numeric: ["<=", 99.5] }] }, true],
  ["numeric >", { price: [{ numeric: [">", 99.5] }] }, false],
  ["numeric >=", { price: [{ numeric: [">=", 99.5] }] }, true],
  ["in a range", { price: [{ numeric: [">", 99, "<=", 99.5] }] }, true],
  ["above a range", { price: [{ numeric: [">", 9, "<=", 99] }] }, false],
  ["below a range", { price: [{ numeric: [">", 100, "<=", 110] }] }, false],
  ["a string is in no range", { source: [{ numeric: [">", 0] }] }, false],

  ["exists", { source: [{ exists: true }] }, true],
  ["null exists", { nothing: [{ exists: true }] }, true],
  ["what is missing does not exist", { missing: [{ exists: true }] }, false],
  ["exists: false", { missing: [{ exists: false }] }, true],
  ["exists: false, of what exists", { source: [{ exists: false }] }, false],
  ["exists: false, below what is missing", { missing: { at: [{ exists: false }] } }, true],
  ["objects are no leaves", { owner: [{ exists: true }] }, false],
  ["an empty array has no leaves", { none: [{ exists: false }] }, true],
  ["exists: false, below an empty array", { none: { at: [{ exists: false }] } }, true],
  ["one operator of several", { source: [{ prefix: "z" }, { suffix: "p" }] }, true],

  ["an element of an array", { tags: ["puppy"] }, true],
  ["no element of an array", { tags: ["cat"] }, false],
  ["an element that is anything but", { tags: [{ "anything-but": "dog" }] }, true],
  ["an object in an array", { items: { kind: ["bowl"], price: [20] } }, true],
  ["parts of two objects in an array", { items: { kind: ["bowl"], price: [10] } }, false],

  ["$or, the second", { $or: [{ source: ["zoo"] }, { sold: [true] }] }, true],
  ["$or, neither", { $or: [{ source: ["zoo"] }, { sold: [false] }] }, false],
  ["$or and another", { $or: [{ source: ["shop"] }, { sold: [true] }], price: [1] }, false],
  ["$or in an object", { owner: { $or: [{ name: ["Bob"] }, { name: ["Ada"] }] } }, true],
])("evaluates a pattern with %s", (_, pattern, expected) => {
  expect(compileFilters([JSON.stringify(pattern)])(record)).toBe(expected);
});

describe("compiled filters", () => {
  const filters = compileFilters([
    JSON.stringify({ dynamodb: { Keys: { sk: { S: ["pet"] } } } }),
    JSON.stringify({ eventName: ["REMOVE"] }),
  ]);

  it("match a record that matches one of the patterns", () => {
    expect(filters({ eventName: "INSERT", dynamodb: { Keys: { sk: { S: "pet" } } } })).toBe(true);
    expect(filters({ eventName: "REMOVE", dynamodb: { Keys: { sk: { S: "owner" } } } })).toBe(true);
    expect(filters({ eventName: "INSERT", dynamodb: { Keys: { sk: { S: "owner" } } } })).toBe(
      false,
    );
  });

  it("match all records without patterns", () => {
    expect(compileFilters([])("anything")).toBe(true);
  });

  it.each([
    ["no JSON", "{", /\{ is not valid/],
    ["no object", '["a"]', /a pattern has to be an object/],
    ["no fields", "{}", /at least one field/],
    ["a bare value", '{"a":"b"}', /a pattern has to be an object/],
    ["an empty list", '{"a":[]}', /a has no values to match/],
    [
      "an unknown operator",
      '{"a":[{"cidr":"10.0.0.0/8"}]}',
      /\{"cidr":"10.0.0.0\/8"\} has to have exactly one of/,
    ],
    ["two operators in one", '{"a":[{"prefix":"b","suffix":"c"}]}', /exactly one of/],
    ["an inherited name", '{"a":[{"constructor":"b"}]}', /exactly one of/],
    ["a prefix that is not a string", '{"a":[{"prefix":1}]}', /expected string/],
    ["half a range", '{"a":[{"numeric":[">",1,"<"]}]}', /is not valid/],
    ["a reversed range", '{"a":[{"numeric":["<",1,">",0]}]}', /is not valid/],
    ["exists without a boolean", '{"a":[{"exists":"yes"}]}', /expected boolean/],
  ])("reject %s", (_, pattern, message) => {
    expect(() => compileFilters([pattern])).toThrow(UserError);
    expect(() => compileFilters([pattern])).toThrow(message);
  });
});
