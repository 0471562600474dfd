import type { PetEvent, PetEventType } from "../events/event.ts";

/** A mail in plain text. */
export interface Mail {
  to: string;
  /** One line. */
  subject: string;
  text: string;
}

/**
 * The mail that tells a pet's owner of an event.
 *
 * The words go out as they are. They are no HTML, so nothing in a name is markup; SES encodes the
 * subject (RFC 2047), and the event's schema lets no line break into a name.
 *
 * @returns nothing where there is no address, or nothing to tell
 */
export function mailOf({ type, data: { pet, ownerEmail } }: PetEvent): Mail | undefined {
  const write = letters[type];
  if (!ownerEmail || !write) return undefined;
  const { subject, line } = write(pet.name);
  return {
    to: ownerEmail,
    subject,
    text: `Hello,\n\n${line}\n\nThe pet's number with us is ${pet.id}.\n\nThe PetStore\n`,
  };
}

type Letter = (name: string) => { subject: string; line: string };

const letters: Partial<Record<PetEventType, Letter>> = {
  "petstore.pet.created.v1": (name) => ({
    subject: `${name} is registered`,
    line: `${name} is registered with us now.`,
  }),
  "petstore.pet.adopted.v1": (name) => ({
    subject: `${name} has been adopted`,
    line: `${name} has found a new home.`,
  }),
};
