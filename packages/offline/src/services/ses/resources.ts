import * as z from "zod";
import { type Graph, readStates } from "../../graph/graph.ts";

/** An address or a domain from which SES sends mail. */
export interface MailIdentity {
  arn: string;
  emailIdentity: string;
  /** ARN of the default configuration set. */
  configurationSetArn?: string;
}

const Identity = z.object({
  arn: z.string(),
  emailIdentity: z.string(),
  configurationSetName: z.string().optional(),
});
const ConfigurationSet = z.object({ arn: z.string(), configurationSetName: z.string() });

/** Returns the SES identities that the app declares. */
export function readMailIdentities(graph: Graph): MailIdentity[] {
  const sets = readStates(graph, "aws:sesv2/configurationSet:ConfigurationSet", ConfigurationSet);
  return readStates(graph, "aws:sesv2/emailIdentity:EmailIdentity", Identity).map(({ state }) => {
    const { arn, emailIdentity, configurationSetName } = state;
    const set = sets.find(({ state }) => state.configurationSetName === configurationSetName);
    return { arn, emailIdentity, ...(set && { configurationSetArn: set.state.arn }) };
  });
}
