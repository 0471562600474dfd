import {
  createCredentials,
  parseAuthorization,
} from "@petstore/offline/runtime/endpoint/credentials";
import { expect, it } from "vitest";

const signed = (credential: string) =>
  `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host;x-amz-date, Signature=0abc`;

it("the scope of a signature says who asks which service where", () => {
  const header = signed("AKIAEXAMPLE/20261121/eu-central-1/dynamodb/aws4_request");
  expect(parseAuthorization(header)).toEqual({
    accessKeyId: "AKIAEXAMPLE",
    region: "eu-central-1",
    service: "dynamodb",
  });
});

it.each([
  undefined,
  "",
  "Bearer token",
  signed("AKIAEXAMPLE"),
  signed("AKIAEXAMPLE/20261121/eu-central-1/dynamodb/aws2_request"),
  signed("AKIAEXAMPLE/today/eu-central-1/dynamodb/aws4_request"),
])("no signature: %s", (header) => {
  expect(parseAuthorization(header)).toBeUndefined();
});

it("credentials have AWS's form, and no two are alike", () => {
  const { accessKeyId, secretAccessKey } = createCredentials();
  expect(accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
  expect(secretAccessKey).toHaveLength(40);
  expect(createCredentials().accessKeyId).not.toBe(accessKeyId);
});
