import { Text } from "@petstore/core/pets/pet";
import { describe, expect, it } from "vitest";
import * as z from "zod";

const accepts = (text: string) => Text.safeParse(text).success;

/** Returns every code point with a property. */
const having = (property: string) => {
  const pattern = new RegExp(`^\\p{${property}}$`, "u");
  return Array.from({ length: 0x110000 }, (_, code) => String.fromCodePoint(code)).filter((one) =>
    pattern.test(one),
  );
};

describe("Text", () => {
  it.each(["Default_Ignorable_Code_Point", "White_Space", "Bidi_Control"])(
    "refuses a text of characters with the property %s",
    (property) => {
      expect(having(property).filter(accepts)).toEqual([]);
    },
  );

  it.each(["", "\u2800", "\u115f\u1160\u3164\uffa0", "\ufe0f", "\u0301", "\u200b \u200b"])(
    "refuses the invisible text %j",
    (text) => {
      expect(accepts(text)).toBe(false);
    },
  );

  it.each([..."\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"])(
    "refuses the bidirectional control %j",
    (control) => {
      expect(accepts(`Rex${control}exe.txt`)).toBe(false);
    },
  );

  // Arabic and Hebrew use direction marks; emoji and Indic scripts use joiners.
  it.each(["נועה\u200f!", "\u061cليلى", "👨‍👩‍👧", "❤️", "🐶".repeat(100), "क्‍ष", " Rex ", "-"])(
    "accepts %j",
    (text) => {
      expect(accepts(text)).toBe(true);
    },
  );

  it("has a JSON Schema pattern that needs only the flag u", () => {
    const { pattern } = z.toJSONSchema(Text);
    const compiled = new RegExp(pattern as string, "u");

    expect(compiled.test("Rex")).toBe(true);
    expect(compiled.test("\u{e0100}")).toBe(false);
    expect(pattern).not.toMatch(/\\u\{|\\p\{[A-Z][a-z]*_/);
  });
});
