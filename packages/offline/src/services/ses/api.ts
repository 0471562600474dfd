import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { ServiceApi } from "../../runtime/endpoint/api.ts";
import { jsonResponse, notSupported } from "../../runtime/endpoint/response.ts";
import { parseJson } from "../../util/body.ts";
import { type Clock, systemClock } from "../../util/clock.ts";
import type { Mail, Mailbox } from "./mailbox.ts";
import type { MailIdentity } from "./resources.ts";

const SEND_EMAIL = "/v2/email/outbound-emails";

/** SES counts To, Cc and Bcc. https://docs.aws.amazon.com/ses/latest/dg/quotas.html */
const MAX_RECIPIENTS = 50;

/** `user@domain` or `Name <user@domain>`. */
const Address = z.string().regex(/(^|<)[^\s@<>]+@[^\s@<>]+(>|$)/, "Missing final '@domain'");

const Text = z.object({ Data: z.string() }).transform(({ Data }) => Data);

const SendEmail = z
  .object({
    FromEmailAddress: Address.optional(),
    ConfigurationSetName: z.string().optional(),
    Destination: z
      .object({
        ToAddresses: z.array(Address).default([]),
        CcAddresses: z.array(Address).optional(),
        BccAddresses: z.array(Address).optional(),
      })
      .prefault({}),
    ReplyToAddresses: z.array(Address).optional(),
    Content: z.object({
      Simple: z
        .object({
          Subject: Text,
          Body: z
            .object({ Text: Text.optional(), Html: Text.optional() })
            .refine(({ Text, Html }) => Text !== undefined || Html !== undefined, "Missing body"),
        })
        .optional(),
      Raw: z.object({ Data: z.base64() }).optional(),
      Template: z
        .object({ TemplateName: z.string().optional(), TemplateData: z.string().optional() })
        .optional(),
    }),
    EmailTags: z.array(z.object({ Name: z.string(), Value: z.string() })).optional(),
  })
  .superRefine(({ FromEmailAddress, Destination, Content: { Simple, Raw, Template } }, context) => {
    const addError = (message: string) => context.addIssue({ code: "custom", message });
    if ([Simple, Raw, Template].filter(Boolean).length !== 1) {
      addError("Content must have exactly one of Simple, Raw and Template");
    }
    // A raw message has these in its headers.
    const recipients = Object.values(Destination).flat().length;
    if (!Raw && FromEmailAddress === undefined) addError("Missing required header 'From'.");
    if (!Raw && recipients === 0) addError("Missing required header 'To'.");
    if (recipients > MAX_RECIPIENTS) addError(`Recipient count exceeds ${MAX_RECIPIENTS}.`);
  });
type SendEmail = z.output<typeof SendEmail>;

/**
 * Describes SES to the endpoint. `SendEmail` of its API version 2 is supported, and stores each mail in
 * the mailbox.
 * https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
 *
 * @param identities identities in the graph; other addresses can send as well
 */
export function createSesApi(
  mailbox: Pick<Mailbox, "record">,
  identities: readonly MailIdentity[] = [],
  clock: Clock = systemClock,
): ServiceApi {
  return {
    name: "ses",
    internalError: "InternalServiceErrorException",
    operation: (_headers, path) => (path === SEND_EMAIL ? "SendEmail" : path),
    resource: (body) => /"FromEmailAddress"\s*:\s*"([^"]+)"/.exec(body)?.[1],
    requiredPermissions({ operation, body, arn }) {
      const email = SendEmail.safeParse(parseJson(body)).data;
      if (operation !== "SendEmail" || !email) return [];
      const address = senderAddress(email);
      const domain = address.replace(/^.*@/, "");
      // SES prefers the identity of the address to that of its domain.
      const identity = [address, domain]
        .map((name) => identities.find(({ emailIdentity }) => emailIdentity === name))
        .find((found) => found !== undefined);
      const { ConfigurationSetName } = email;
      const configurationSet = ConfigurationSetName
        ? arn(`configuration-set/${ConfigurationSetName}`)
        : identity?.configurationSetArn;
      const permission = {
        action: "ses:SendEmail",
        context: {
          "ses:ApiVersion": "2",
          "ses:FromAddress": address,
          "ses:Recipients": Object.values(email.Destination).flatMap((some) => some ?? []),
        },
      };
      return [
        {
          ...permission,
          // For an undeclared identity it is unknown which of the two is verified.
          resources: identity
            ? [identity.arn]
            : [arn(`identity/${domain}`), arn(`identity/${address}`)],
        },
        ...(configurationSet
          ? [{ ...permission, resources: [configurationSet] satisfies [string] }]
          : []),
      ];
    },
    accessDenied: ({ principal, action, resource }) => ({
      status: 403,
      code: "AccessDeniedException",
      message: `User \`${principal}' is not authorized to perform \`${action}' on resource \`${resource}'`,
    }),
    async respond(request, body, caller) {
      if (request.method !== "POST" || request.url !== SEND_EMAIL)
        return notSupported("ses", request);
      const parsed = SendEmail.safeParse(parseJson(body));
      if (!parsed.success) {
        const { path, message } = parsed.error.issues[0] as z.core.$ZodIssue;
        return {
          status: 400,
          code: "BadRequestException",
          message: path.length > 0 ? `${path.join(".")}: ${message}` : message,
        };
      }
      const mail = createMail(parsed.data, caller, clock.now());
      mailbox.record(mail);
      return jsonResponse(200, JSON.stringify({ MessageId: mail.messageId }));
    },
  };
}

function createMail(email: SendEmail, functionName: string, now: number): Mail {
  const { FromEmailAddress, Destination, ReplyToAddresses, EmailTags } = email;
  const { Simple, Raw, Template } = email.Content;
  return {
    messageId: createMessageId(now),
    at: new Date(now).toISOString(),
    functionName,
    from: FromEmailAddress,
    to: Destination.ToAddresses,
    cc: Destination.CcAddresses,
    bcc: Destination.BccAddresses,
    replyTo: ReplyToAddresses,
    subject: Simple?.Subject,
    text: Simple?.Body.Text,
    html: Simple?.Body.Html,
    raw: Raw && Buffer.from(Raw.Data, "base64").toString(),
    template: Template && { name: Template.TemplateName, data: Template.TemplateData },
    tags: EmailTags && Object.fromEntries(EmailTags.map(({ Name, Value }) => [Name, Value])),
  };
}

/** Returns the sender's address without a name. A raw message may have it only in a header. */
function senderAddress({ FromEmailAddress, Content: { Raw } }: SendEmail): string {
  const raw = Raw && Buffer.from(Raw.Data, "base64").toString();
  const from = FromEmailAddress ?? /^From:(.*)$/im.exec(raw ?? "")?.[1]?.trim() ?? "";
  return /<([^<>]+)>/.exec(from)?.[1] ?? from;
}

/** Returns an id in the format of SES: a time, a UUID and a number. */
function createMessageId(now: number): string {
  return `${now.toString(16).padStart(16, "0")}-${randomUUID()}-000000`;
}
