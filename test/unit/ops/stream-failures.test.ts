import { toEvent } from "@petstore/ops/stream-failures";
import { describe, expect, it } from "vitest";

describe("toEvent", () => {
  it("returns the event that Lambda sends for the records", () => {
    const streamArn = "arn:aws:dynamodb:eu-central-1:123456789012:table/pets/stream/2026";
    const dynamodb = { Keys: { id: { B: new Uint8Array([0, 1, 2]) } }, SequenceNumber: "1" };
    const record = {
      eventID: "id-1",
      eventName: "REMOVE" as const,
      dynamodb: { ...dynamodb, ApproximateCreationDateTime: new Date(1_767_225_600_000) },
      userIdentity: { PrincipalId: "dynamodb.amazonaws.com", Type: "Service" },
    };
    expect(JSON.parse(toEvent([record], streamArn))).toEqual({
      Records: [
        {
          eventID: "id-1",
          eventName: "REMOVE",
          eventSourceARN: streamArn,
          dynamodb: {
            Keys: { id: { B: "AAEC" } },
            SequenceNumber: "1",
            ApproximateCreationDateTime: 1_767_225_600,
          },
          userIdentity: { principalId: "dynamodb.amazonaws.com", type: "Service" },
        },
      ],
    });
  });
});
