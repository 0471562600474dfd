import { describe, expect, it } from "vitest";
import { assertImpersonal } from "../../support/personal.ts";

describe("assertImpersonal", () => {
  it.each([
    ["a mail address", '{"message":"mail to ann@example.com"}'],
    ["a mail address", "no right to arn:aws:ses:us-east-1:123456789012:identity/ann@example.com"],
    ["a mail address", "Error: ann.b+pets@mail.example.co.uk is not verified"],
    ["a token", "authorization: Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2ln"],
    ["a stored item", '{"Item":{"pk":{"S":"pet#1"},"gsi1pk":{"S":"pets"}}}'],
    ["a stored item", "{ ownerEmail: undefined }"],
    ["a pet's data", JSON.stringify({ message: '{"name": "Rex", "species": "dog"}' })],
    ["a pet's data", '{"body":{"name":"Rex","species":"dog"}}'],
  ])("finds %s: %s", (what, line) => {
    expect(() => assertImpersonal(line)).toThrow(what);
  });

  it.each([
    "at send (/var/task/node_modules/@aws-sdk/client-sesv2/index.js:1:2)",
    '{"message":"request","operation":"GET /api/pets/{id}","status":200}',
    "GET /api/pets/0b0c7d0e-3f3b-4c39-9d2e-7a1f0e4d5c6b 200 4 ms GetPet",
    "typescript@7.0.2",
    "no right to arn:aws:ses:us-east-1:123456789012:identity/petstore@example.com: link it",
  ])("accepts: %s", (line) => {
    expect(() => assertImpersonal(line)).not.toThrow();
  });
});
