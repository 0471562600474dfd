import { marshall } from "@aws-sdk/util-dynamodb";
import { changeOf, type PetChange, type StreamRecord } from "@petstore/core/events/pet-change";
import { PetEvent, toEvent, toNotification } from "@petstore/core/events/pet-event";
import { type PetRecord, toItem, toPet, toTombstone } from "@petstore/core/pets/pet-item";
import { describe, expect, it } from "vitest";

const pet: PetRecord = {
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
const pending: PetRecord = { ...pet, ...later, status: "pending" };
const adopted: PetRecord = { ...pet, ...later, status: "adopted" };

const at = "2026-01-04T00:00:00.000Z";
const changed = (before?: PetRecord, after?: PetRecord) =>
  ({ id: "change-1", at, ...(before && { before }), ...(after && { after }) }) as PetChange;

describe("the event of a change", () => {
  it.each<{ name: string; before?: PetRecord; after?: PetRecord; is: string }>([
    { name: "a new pet", after: pet, is: "created" },
    { name: "a new pet that is adopted already", after: adopted, is: "created" },
    { name: "another status", before: pet, after: pending, is: "updated" },
    {
      name: "the same status",
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
    { name: "a pet that is gone", before: adopted, is: "deleted" },
  ])("$name is $is", ({ before, after, is }) => {
    const event = toEvent(changed(before, after));
    expect(event.type).toBe(`petstore.pet.${is}.v1`);
    expect(event.data.pet).toEqual(toPet((after ?? before) as PetRecord));
    expect(PetEvent.parse(JSON.parse(JSON.stringify(event)))).toEqual(event);
  });

  it("has the attributes that CloudEvents asks for", () => {
    expect(toEvent(changed(pet, adopted))).toMatchObject({
      specversion: "1.0",
      id: "change-1",
      source: "/api/pets",
      subject: pet.id,
      time: later.updatedAt,
      datacontenttype: "application/json",
    });
  });

  it("happened when the stream says, if the pet cannot say", () => {
    expect(toEvent(changed(pet)).time).toBe(at);
  });

  it.each([
    { name: "created", change: changed(undefined, pet), told: true },
    { name: "adopted", change: changed(pet, adopted), told: true },
    { name: "updated", change: changed(pet, pending), told: false },
    { name: "deleted", change: changed(pet), told: false },
  ])(
    "carries the owner's address and is a notification, if it is $name: $told",
    ({ change, told }) => {
      expect(JSON.stringify(toEvent(change)).includes("ann@example.com")).toBe(told);
      expect(toNotification(change)).toEqual(told ? toEvent(change) : undefined);
    },
  );

  it.each([
    { name: "created", after: pet, told: false },
    { name: "created as adopted", after: adopted, told: false },
    { name: "adopted later", before: pet, after: adopted, told: true },
  ])("of an imported pet is a notification, if it is $name: $told", ({ before, after, told }) => {
    const imported = (record: PetRecord): PetRecord => ({ ...record, origin: "import" });
    const change = changed(before && imported(before), imported(after));
    expect(toNotification(change)).toEqual(told ? toEvent(change) : undefined);
    expect(JSON.stringify(toEvent(change)).includes("ann@example.com")).toBe(told);
  });

  it("is no notification without an address", () => {
    const { ownerEmail, ...nobodys } = pet;
    expect(toNotification(changed(undefined, nobodys))).toBeUndefined();
  });

  it("holds nothing else that is private", () => {
    const event = toEvent(changed(undefined, { ...pet, requestHash: "abc" }));
    expect(JSON.stringify(event)).not.toContain("abc");
  });
});

describe("a record of the stream", () => {
  const record = (images: { OldImage?: object; NewImage?: object }, sk = "pet"): StreamRecord => ({
    eventID: "record-1",
    dynamodb: {
      Keys: { pk: { S: `pet#${pet.id}` }, sk: { S: sk } },
      ApproximateCreationDateTime: Date.parse(at) / 1000,
      ...(images.OldImage && { OldImage: marshall(images.OldImage) }),
      ...(images.NewImage && { NewImage: marshall(images.NewImage) }),
    },
  });

  it("says what was there, what is there, and when", () => {
    const change = changeOf(record({ OldImage: toItem(pet), NewImage: toItem(adopted) }));
    expect(change).toMatchObject({ id: "record-1", at, before: pet, after: adopted });
  });

  it.each([
    { of: "a create", images: { NewImage: toItem(pet) }, has: ["after"] },
    { of: "a delete", images: { OldImage: toItem(pet) }, has: ["before"] },
  ])("of $of has no other image", ({ images, has }) => {
    expect(Object.keys(changeOf(record(images)) as object)).toEqual(["id", "at", ...has]);
  });

  const cause = { correlationId: "order-4711" };
  const tombstone = toTombstone(pet, { now: new Date("2026-01-03T04:05:06.789Z"), cause });

  it("of a pet replaced by a tombstone is a deletion, with its time and trace context", () => {
    const change = changeOf(record({ OldImage: toItem(pet), NewImage: tombstone }));
    expect(change).toEqual({
      id: "record-1",
      at: tombstone.deletedAt,
      before: expect.objectContaining(pet),
      cause,
    });
  });

  it("of an expired tombstone replaced by a pet is a creation", () => {
    const change = changeOf(record({ OldImage: tombstone, NewImage: toItem(pet) }));
    expect(Object.keys(change as object)).toEqual(["id", "at", "after"]);
  });

  it("of a tombstone that DynamoDB removes is passed over", () => {
    expect(changeOf(record({ OldImage: tombstone }))).toBeUndefined();
  });

  it("of anything but a pet is passed over", () => {
    expect(
      changeOf(record({ NewImage: { pk: "inventory", sk: "counts" } }, "counts")),
    ).toBeUndefined();
  });

  it("without images is an error", () => {
    expect(() => changeOf(record({}))).toThrow(/record-1/);
  });
});
