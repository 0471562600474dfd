import { type Column, List } from "../../console/page/list.tsx";
import { useResource } from "../../console/page/live-data.ts";
import { navigate } from "../../console/page/route.ts";
import { EmptyMessage, SplitView } from "../../console/page/split-view.tsx";
import type { ViewProps } from "../../console/page/view.ts";
import type { Mail } from "./mail.ts";

const columns: Column<Mail>[] = [
  { title: "Sent", cell: ({ at }) => new Date(at).toLocaleString("sv"), kind: "code dim" },
  { title: "To", cell: ({ to }) => to.join(", ") },
  { title: "Subject", cell: ({ subject = "–" }) => subject, kind: "wide" },
  { title: "By", cell: ({ functionName }) => functionName, kind: "dim" },
];

const close = () => navigate({ view: "mail" });

/** The view of the mailbox, which receives all mail that the app sends. */
export default function MailView({ open }: ViewProps) {
  const { data = [], error } = useResource<Mail[]>("/api/mail", ["mail"]);
  const mail = data.find(({ messageId }) => messageId === open);
  return (
    <SplitView title={mail?.subject} detail={mail && <MailDetail mail={mail} />} onClose={close}>
      {data.length > 0 && (
        <List
          label="Mail, newest first"
          columns={columns}
          items={data}
          idOf={({ messageId }) => messageId}
          isOpen={({ messageId }) => messageId === open}
          onOpen={({ messageId }) => navigate({ view: "mail", open: messageId })}
          onClose={close}
        />
      )}
      {data.length === 0 && (
        <EmptyMessage>
          {error ?? "No mail yet. The app's mail through SES arrives here."}
        </EmptyMessage>
      )}
    </SplitView>
  );
}

function MailDetail({ mail }: { mail: Mail }) {
  const { from, to, cc, bcc, replyTo, text, html, raw, template } = mail;
  const fields = { From: [from], To: to, Cc: cc, Bcc: bcc, "Reply to": replyTo };
  return (
    <>
      <dl class="fields">
        {Object.entries(fields).map(
          ([name, values]) =>
            values &&
            values.length > 0 && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{values.join(", ")}</dd>
              </div>
            ),
        )}
      </dl>
      <pre class="letter">{text ?? html ?? raw ?? JSON.stringify(template, null, 2)}</pre>
    </>
  );
}
