import * as z from "zod";

/** Whether RFC 2606 or RFC 6761 reserves the domain for documentation or local use. */
const isReservedDomain = (host: string) =>
  /(^|\.)(example\.(com|net|org)|example|invalid|localhost)$/i.test(host);

const MailAddress = z
  .email({ error: "is not a mail address", abort: true })
  .refine((address) => !isReservedDomain(address.replace(/^.*@/, "")), "is an example domain");

const Origin = z
  .string()
  .regex(/^https:\/\/[a-z0-9.-]+(:\d+)?$/, {
    error: "is not a comma-separated list of https origins without a path",
    abort: true,
  })
  .refine((origin) => !isReservedDomain(new URL(origin).hostname), "is an example domain");

const Environment = z.object({
  PETSTORE_REGION: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "is not an AWS region"),
  PETSTORE_ACCOUNT: z.string().regex(/^\d{12}$/, "is not an AWS account id of 12 digits"),
  PETSTORE_MAIL_FROM: MailAddress,
  PETSTORE_ALARM_ADDRESS: MailAddress,
  PETSTORE_ORIGINS: z
    .string()
    .transform((list) => list.split(",").map((origin) => origin.trim()))
    .pipe(z.array(Origin)),
});

/** Settings of a deployed stage that depend on who deploys it, so they are not in the repository. */
export interface Settings {
  /** Sender of the mail to owners. */
  mailFrom: string;
  /** Recipient of the alarms. */
  alarmAddress: string;
  /** Origins whose pages may call the API. */
  allowOrigins: string[];
}

/** SST prints only the message of an error with this name, without its stack. */
class VisibleError extends Error {
  override name = "VisibleError";
}

/**
 * Reads the settings of a deployed stage from environment variables. It validates region and account
 * too, which `sst.config.ts` passes to the AWS provider.
 *
 * @param environment `process.env`, into which SST loads `.env` and `.env.<stage>`
 *   (https://sst.dev/docs/reference/config#env)
 * @throws {VisibleError} Settings are missing or invalid; the message lists all of them.
 */
export function readSettings(stage: string, environment: NodeJS.ProcessEnv): Settings {
  const { data, error } = Environment.safeParse(environment);
  if (data) {
    return {
      mailFrom: data.PETSTORE_MAIL_FROM,
      alarmAddress: data.PETSTORE_ALARM_ADDRESS,
      allowOrigins: data.PETSTORE_ORIGINS,
    };
  }
  const errors = error.issues.map(({ path: [name], message }) => {
    const value = environment[String(name)];
    return value ? `${String(name)} "${value}" ${message}` : `${String(name)} is not set`;
  });
  throw new VisibleError(
    `Stage ${stage} has invalid settings: ${[...new Set(errors)].join(", ")}. Correct them in .env.${stage}; .env.example describes each one.`,
  );
}
