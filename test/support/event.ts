import { randomUUID } from "node:crypto";
import type { PetEvent } from "@petstore/core/events/pet-event";
import type { APIGatewayProxyEventV2 } from "aws-lambda";

/** Returns an HTTP API event in payload format 2.0, with the given members. */
export const httpEvent = (parts: Partial<APIGatewayProxyEventV2>): APIGatewayProxyEventV2 => ({
  version: "2.0",
  routeKey: "$default",
  rawPath: "/",
  rawQueryString: "",
  headers: {},
  isBase64Encoded: false,
  requestContext: {
    accountId: "123456789012",
    apiId: "api",
    domainName: "localhost",
    domainPrefix: "localhost",
    http: { method: "GET", path: "/", protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent: "" },
    requestId: "request-1",
    routeKey: "$default",
    stage: "$default",
    time: "01/Jan/2026:00:00:00 +0000",
    timeEpoch: 1767225600000,
  },
  ...parts,
});

/** Returns the event of a new pet, from which its owner gets a mail. */
export function petEvent(ownerEmail: string): PetEvent {
  const [subject, time] = [randomUUID(), new Date().toISOString()];
  const pet = { id: subject, name: "Rex", species: "dog", ownerId: "ann" } as const;
  return {
    specversion: "1.0",
    id: randomUUID(),
    source: "/api/pets",
    type: "petstore.pet.created.v1",
    subject,
    time,
    datacontenttype: "application/json",
    data: {
      pet: { ...pet, tags: [], status: "available", version: 1, createdAt: time, updatedAt: time },
      ownerEmail,
    },
  };
}
