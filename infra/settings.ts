import * as z from "zod";

/** Domains that RFC 2606 and RFC 6761 reserve for documentation and errors. */
const isPlaceholder = (host: string) =>
  /(^|\.)(example\.(com|net|org)|example|invalid|localhost)$/i.test(host);

const MailAddress = z
  .email({ error: "is not a mail address", abort: true })
  .refine((address) => !isPlaceholder(address.replace(/^.*@/, "")), "is a placeholder");

const Origin = z
  .string()
  .regex(/^https:\/\/[a-z0-9.-]+(:\d+)?$/, {
    error: "is not a list of https origins without a path",
    abort: true,
  })
  .refine((origin) => !isPlaceholder(new URL(origin).hostname), "is a placeholder");

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

/** Values of a deployed stage that belong to its installation, not to the app. */
export interface Settings {
  /** Sender of the mail to owners. */
  mailFrom: string;
  /** Recipient of the alarms. */
  alarmAddress: string;
  /** Origins whose pages may call the API. */
  allowOrigins: string[];
}

/** SST prints the message of an error with this name, and not its stack. */
class VisibleError extends Error {
  override name = "VisibleError";
}

/**
 * Reads the settings of a deployed stage. Region and account are checked here too; `sst.config.ts`
 * gives them to the AWS provider.
 *
 * @param environment `process.env`, into which SST loads `.env` and `.env.<stage>`
 *   (https://sst.dev/docs/reference/config#env).
 * @throws VisibleError with one sentence that names every missing, wrong or placeholder setting.
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
  const faults = error.issues.map(({ path: [name], message }) => {
    const value = environment[String(name)];
    return value ? `${String(name)} "${value}" ${message}` : `${String(name)} is not set`;
  });
  throw new VisibleError(
    `Correct the settings of stage ${stage} in .env.${stage}, as .env.example describes: ${[...new Set(faults)].join(", ")}.`,
  );
}
