import type { PetEvent, PetEventType } from "../events/pet-event.ts";

/** A plain text mail. */
export interface Mail {
  to: string;
  /** One line. */
  subject: string;
  text: string;
}

/**
 * Returns the mail to a pet's owner about an event.
 *
 * A caller chooses the recipient and the pet's name, so the recipient may be a stranger. The subject
 * is fixed, and the name appears only as a quotation in plain text.
 *
 * @returns nothing when the event has no address or its type sends no mail
 */
export function toMail({ type, data: { pet, ownerEmail } }: PetEvent): Mail | undefined {
  const template = templates[type];
  if (!ownerEmail || !template) return undefined;
  const { subject, line } = template;
  const name = isQuotable(pet.name) ? [`Name: "${pet.name}"`] : [];
  const lines = [...name, `Id: ${pet.id}`].join("\n");
  return {
    to: ownerEmail,
    subject,
    text: `Hello,\n\n${line}\n\n${lines}\n\nIf you do not know this pet, you can ignore this mail.\n\nThe PetStore\n`,
  };
}

const templates: Partial<Record<PetEventType, { subject: string; line: string }>> = {
  "petstore.pet.created.v1": {
    subject: "Your pet is registered",
    line: "A pet was registered at the PetStore with your address.",
  },
  "petstore.pet.adopted.v1": {
    subject: "Your pet has been adopted",
    line: "A pet that was registered at the PetStore with your address has been adopted.",
  },
};

/**
 * Returns whether no mail program would turn a part of the name into a link: every address of a page
 * or a mailbox contains one of these characters, or one that is equivalent (NFKC), or the
 * ideographic full stop, which domain names accept as a dot (RFC 3490, section 3.1).
 */
const isQuotable = (name: string): boolean => !/[.:/@\u3002]/.test(name.normalize("NFKC"));
