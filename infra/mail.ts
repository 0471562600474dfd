import { divideMailRate } from "./mail-rate";
import { stage } from "./stage";

/** How fast each worker of the Notifications queue sends. */
export const mailRate = divideMailRate({
  mailsPerSecond: stage.mailsPerSecond,
  workers: stage.workers.notifications,
});

/**
 * The stage's sender address, which SES verifies by mail. The parent hides the identity's link from
 * `sst-env.d.ts`, which must be the same in stages that send no mail.
 */
const identity =
  stage.mailFrom !== "" &&
  new sst.aws.Email(
    "Mail",
    { sender: stage.mailFrom },
    { parent: new $util.ComponentResource("petstore:infra:Mail", "MailFrom") },
  );

/** Permission to send mail from the stage's sender address. */
export const sendMail = new sst.Linkable("SendMail", {
  properties: { from: stage.mailFrom, intervalMs: mailRate.intervalMs },
  include: identity
    ? [
        sst.aws.permission({
          actions: ["ses:SendEmail"],
          // SES checks both, because the configuration set is the identity's default.
          resources: [identity.nodes.identity.arn, identity.nodes.configurationSet.arn],
          conditions: [
            { test: "StringEquals", variable: "ses:FromAddress", values: [stage.mailFrom] },
          ],
        }),
      ]
    : [],
});
