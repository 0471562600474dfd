import type { RunningService, ServiceContext } from "../../runtime/service.ts";
import { createSesApi } from "./api.ts";
import { openMailbox } from "./mailbox.ts";
import type { MailIdentity } from "./resources.ts";

/** Mails that the console lists. */
const MAX_MAILS = 200;

const MAILBOX = "mail";

/** Starts SES; every mail ends in the mailbox. */
export async function start(context: ServiceContext<MailIdentity[]>): Promise<RunningService> {
  const { resources: identities, state, clock, fail } = context;
  const mailbox = openMailbox(state.directory, fail);
  const senders = new Set<string>();
  let sent = 0;
  const record: typeof mailbox.record = (mail) => {
    mailbox.record(mail);
    senders.add(mail.functionName);
    sent++;
  };
  const functionArn = (name: string) => context.functions.find((fn) => fn.name === name)?.arn;

  return {
    api: createSesApi({ record }, identities, clock),
    // No resource of the graph stands for the mailbox: it appears when a function sends mail.
    architecture: () => ({
      nodes:
        sent === 0
          ? []
          : [
              {
                ...{ id: MAILBOX, kind: "mail", name: "Mailbox", link: "mail" },
                note: `${sent} sent`,
              },
            ],
      edges: [...senders].map((name) => ({
        ...{ from: String(functionArn(name)), to: MAILBOX, kind: "call" },
      })),
    }),
    panel: {
      id: "mail",
      title: "Mail",
      view: new URL("panel.tsx", import.meta.url),
      routes: { "GET /api/mail": () => mailbox.list().slice(-MAX_MAILS).reverse() },
    },
    close: mailbox.close,
  };
}
