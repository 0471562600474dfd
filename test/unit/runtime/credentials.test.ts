import {
  createCredentials,
  parseAuthorization,
} from "@petstore/offline/runtime/endpoint/credentials";
import { describe, expect, it } from "vitest";

const signed = (credential: string) =>
  `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host;x-amz-date, Signature=0abc`;

describe("parseAuthorization", () => {
  it("returns the access key, the region and the service of a signature", () => {
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
  ])("returns undefined for %s", (header) => {
    expect(parseAuthorization(header)).toBeUndefined();
  });
});

describe("createCredentials", () => {
  it("returns different credentials in AWS's format each time", () => {
    const { accessKeyId, secretAccessKey } = createCredentials();
    expect(accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
    expect(secretAccessKey).toHaveLength(40);
    expect(createCredentials().accessKeyId).not.toBe(accessKeyId);
  });
});
