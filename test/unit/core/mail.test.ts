import { PetEvent } from "@petstore/core/events/pet-event";
import { toMail } from "@petstore/core/mail/mail";
import { describe, expect, it } from "vitest";

const event = (type: string, parts: { name?: string; ownerEmail?: undefined } = {}) => ({
  specversion: "1.0",
  id: "event-1",
  source: "/api/pets",
  type: `petstore.pet.${type}.v1`,
  subject: "0b0c7d0e-3f3b-4c39-9d2e-7a1f0e4d5c6b",
  time: "2026-01-02T03:04:05.678Z",
  datacontenttype: "application/json",
  data: {
    pet: {
      id: "0b0c7d0e-3f3b-4c39-9d2e-7a1f0e4d5c6b",
      name: parts.name ?? "Rex",
      species: "dog",
      tags: [],
      status: "available",
      ownerId: "ann",
      version: 1,
      createdAt: "2026-01-02T03:04:05.678Z",
      updatedAt: "2026-01-02T03:04:05.678Z",
    },
    ...("ownerEmail" in parts ? {} : { ownerEmail: "ann@example.com" }),
  },
});
const mail = (...parts: Parameters<typeof event>) => toMail(PetEvent.parse(event(...parts)));

describe("toMail", () => {
  it("returns a mail about a new pet", () => {
    expect(mail("created")).toEqual({
      to: "ann@example.com",
      subject: "Your pet is registered",
      text: expect.stringMatching(
        /^Hello,\n\nA pet was registered .*\n\nName: "Rex"\nId: .*4d5c6b\n\n.*\n\nThe PetStore\n$/s,
      ),
    });
  });

  it("returns a mail about an adoption", () => {
    expect(mail("adopted")).toMatchObject({
      to: "ann@example.com",
      subject: "Your pet has been adopted",
      text: expect.stringContaining('\nName: "Rex"\n'),
    });
  });

  it.each(["updated", "deleted"])("returns no mail when a pet was %s", (type) => {
    expect(mail(type)).toBeUndefined();
  });

  it("returns no mail without an address", () => {
    expect(mail("created", { ownerEmail: undefined })).toBeUndefined();
  });

  it("quotes the name as plain text", () => {
    const name = '<b>Zoë & "Ω" 🐕<b>';
    expect(mail("adopted", { name })?.text).toContain(`\nName: "${name}"\n`);
  });

  it.each([
    "evil.example",
    "https://evil",
    "tel:0190",
    "eve@evil",
    "evil。example",
    "evil．example",
    "evil｡example",
    "evil․example",
    "https：evil",
    "eve＠evil",
    "evil／path",
  ])("omits the name %j, which could become a link", (name) => {
    const sent = mail("created", { name });
    expect(sent?.subject).toBe("Your pet is registered");
    expect(sent?.text).not.toContain("Name");
    expect(JSON.stringify(sent)).not.toContain("evil");
    expect(JSON.stringify(sent)).not.toContain("0190");
  });

  it.each(["Rex\r\nBcc: eve@example.com", "Rex\nRex", "Rex\u0085"])(
    "does not contain the name %j",
    (name) => {
      expect(PetEvent.safeParse(event("created", { name })).success).toBe(false);
    },
  );
});
