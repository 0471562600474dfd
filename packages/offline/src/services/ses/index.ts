import { defineService } from "../../runtime/service.ts";
import { type MailIdentity, readMailIdentities } from "./resources.ts";

/** SES: mail identities, and sending of mail. */
export const ses = defineService<MailIdentity[]>({
  name: "ses",
  resourceTypes: {
    "aws:sesv2/configurationSet:ConfigurationSet": {
      outputs: ({ arn, input }) => ({
        id: input("configurationSetName"),
        arn: arn("ses", `configuration-set/${input("configurationSetName")}`),
      }),
    },
    "aws:sesv2/emailIdentity:EmailIdentity": {
      outputs: ({ arn, input }) => ({
        id: input("emailIdentity"),
        arn: arn("ses", `identity/${input("emailIdentity")}`),
      }),
    },
  },
  readResources(graph) {
    const identities = readMailIdentities(graph);
    // An app can also send mail from an identity that it does not declare.
    const canSend = JSON.stringify(graph.resources).includes("ses:Send");
    return identities.length > 0 || canSend ? identities : undefined;
  },
  start: async (context) => (await import("./start.ts")).start(context),
});
