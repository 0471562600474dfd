import { marshall } from "@aws-sdk/util-dynamodb";
import { toNotification } from "@petstore/core/events/notifications";
import { type PetChange, type StreamRecord, toPetChange } from "@petstore/core/events/pet-change";
import { PetEvent, toPetEvent } from "@petstore/core/events/pet-event";
import { type StoredPet, toPet, toPetItem, toTombstone } from "@petstore/core/pets/pet-item";
import { describe, expect, it } from "vitest";

const pet: StoredPet = {
  id: "0b0c7d0e-3f3b-4c39-9d2e-7a1f0e4d5c6b",
  name: "Rex",
  species: "dog",
  tags: ["good"],
  status: "available",
  ownerId: "ann",
  ownerEmail: "ann@example.com",
  version: 1,
  createdAt: "2026-01-02T03:04:05.678Z",
  updatedAt: "2026-01-02T03:04:05.678Z",
};
const later = { version: 2, updatedAt: "2026-01-03T03:04:05.678Z" };
const pending: StoredPet = { ...pet, ...later, status: "pending" };
const adopted: StoredPet = { ...pet, ...later, status: "adopted" };

const at = "2026-01-04T00:00:00.000Z";
const changed = (before?: StoredPet, after?: StoredPet) =>
  ({ id: "change-1", at, ...(before && { before }), ...(after && { after }) }) as PetChange;

describe("toPetEvent", () => {
  it.each<{ name: string; before?: StoredPet; after?: StoredPet; is: string }>([
    { name: "a new pet", after: pet, is: "created" },
    { name: "a new pet that is adopted already", after: adopted, is: "created" },
    { name: "a change of the status", before: pet, after: pending, is: "updated" },
    {
      name: "a change of the name",
      before: pet,
      after: { ...pet, ...later, name: "Max" },
      is: "updated",
    },
    { name: "an adoption", before: pet, after: adopted, is: "adopted" },
    { name: "an adoption of a pending pet", before: pending, after: adopted, is: "adopted" },
    {
      name: "a change of an adopted pet",
      before: adopted,
      after: { ...adopted, version: 3 },
      is: "updated",
    },
    { name: "a deleted pet", before: adopted, is: "deleted" },
  ])("returns a $is event for $name", ({ before, after, is }) => {
    const event = toPetEvent(changed(before, after));
    expect(event.type).toBe(`petstore.pet.${is}.v1`);
    expect(event.data.pet).toEqual(toPet((after ?? before) as StoredPet));
    expect(PetEvent.parse(JSON.parse(JSON.stringify(event)))).toEqual(event);
  });

  it("sets the attributes that CloudEvents requires", () => {
    expect(toPetEvent(changed(pet, adopted))).toMatchObject({
      specversion: "1.0",
      id: "change-1",
      source: "/api/pets",
      subject: pet.id,
      time: later.updatedAt,
      datacontenttype: "application/json",
    });
  });

  it("uses the time of the stream record for a deleted pet", () => {
    expect(toPetEvent(changed(pet)).time).toBe(at);
  });

  it.each([
    { name: "created", change: changed(undefined, pet), isMailed: true },
    { name: "adopted", change: changed(pet, adopted), isMailed: true },
    { name: "updated", change: changed(pet, pending), isMailed: false },
    { name: "deleted", change: changed(pet), isMailed: false },
  ])(
    "contains the owner's address, and is a notification, if the pet was $name: $isMailed",
    ({ change, isMailed }) => {
      expect(JSON.stringify(toPetEvent(change)).includes("ann@example.com")).toBe(isMailed);
      expect(toNotification(change)).toEqual(isMailed ? toPetEvent(change) : undefined);
    },
  );

  it.each([
    { name: "created", after: pet, isMailed: false },
    { name: "created as adopted", after: adopted, isMailed: false },
    { name: "adopted later", before: pet, after: adopted, isMailed: true },
  ])(
    "is a notification of an imported pet if that was $name: $isMailed",
    ({ before, after, isMailed }) => {
      const imported = (record: StoredPet): StoredPet => ({ ...record, origin: "import" });
      const change = changed(before && imported(before), imported(after));
      expect(toNotification(change)).toEqual(isMailed ? toPetEvent(change) : undefined);
      expect(JSON.stringify(toPetEvent(change)).includes("ann@example.com")).toBe(isMailed);
    },
  );

  it("is not a notification without an address", () => {
    const { ownerEmail, ...nobodys } = pet;
    expect(toNotification(changed(undefined, nobodys))).toBeUndefined();
  });

  it("contains no other private field", () => {
    const event = toPetEvent(changed(undefined, { ...pet, requestHash: "abc" }));
    expect(JSON.stringify(event)).not.toContain("abc");
  });
});

describe("toPetChange", () => {
  const record = (images: { OldImage?: object; NewImage?: object }, sk = "pet"): StreamRecord => ({
    eventID: "record-1",
    dynamodb: {
      Keys: { pk: { S: `pet#${pet.id}` }, sk: { S: sk } },
      ApproximateCreationDateTime: Date.parse(at) / 1000,
      ...(images.OldImage && { OldImage: marshall(images.OldImage) }),
      ...(images.NewImage && { NewImage: marshall(images.NewImage) }),
    },
  });

  it("returns both images and the time", () => {
    const change = toPetChange(record({ OldImage: toPetItem(pet), NewImage: toPetItem(adopted) }));
    expect(change).toMatchObject({ id: "record-1", at, before: pet, after: adopted });
  });

  it.each([
    { name: "a create", images: { NewImage: toPetItem(pet) }, has: ["after"] },
    { name: "a delete", images: { OldImage: toPetItem(pet) }, has: ["before"] },
  ])("returns one image for $name", ({ images, has }) => {
    expect(Object.keys(toPetChange(record(images)) as object)).toEqual(["id", "at", ...has]);
  });

  const traceContext = { correlationId: "order-4711" };
  const tombstone = toTombstone(pet, {
    now: new Date("2026-01-03T04:05:06.789Z"),
    traceContext,
  });

  it("returns a deletion for a pet that a tombstone replaced, with its time and trace context", () => {
    const change = toPetChange(record({ OldImage: toPetItem(pet), NewImage: tombstone }));
    expect(change).toEqual({
      id: "record-1",
      at: tombstone.deletedAt,
      before: expect.objectContaining(pet),
      traceContext,
    });
  });

  it("returns a creation for an expired tombstone that a pet replaced", () => {
    const change = toPetChange(record({ OldImage: tombstone, NewImage: toPetItem(pet) }));
    expect(Object.keys(change as object)).toEqual(["id", "at", "after"]);
  });

  it("ignores a tombstone that DynamoDB deletes", () => {
    expect(toPetChange(record({ OldImage: tombstone }))).toBeUndefined();
  });

  it("ignores records of other items", () => {
    expect(
      toPetChange(record({ NewImage: { pk: "inventory", sk: "counts" } }, "counts")),
    ).toBeUndefined();
  });

  it("throws when the record has no image", () => {
    expect(() => toPetChange(record({}))).toThrow(/record-1/);
  });
});
