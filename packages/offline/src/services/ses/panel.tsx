import { type Column, List } from "../../console/page/list.tsx";
import { useAnswer } from "../../console/page/live.ts";
import { go } from "../../console/page/route.ts";
import { Empty, Split } from "../../console/page/split.tsx";
import type { ViewProps } from "../../console/page/view.ts";
import type { Mail } from "./mail.ts";

const columns: Column<Mail>[] = [
  { title: "Sent", cell: ({ at }) => new Date(at).toLocaleString("sv"), kind: "code dim" },
  { title: "To", cell: ({ to }) => to.join(", ") },
  { title: "Subject", cell: ({ subject = "–" }) => subject, kind: "wide" },
  { title: "By", cell: ({ functionName }) => functionName, kind: "dim" },
];

const close = () => go({ view: "mail" });

/** The mailbox, where all mail ends. */
export default function MailView({ open }: ViewProps) {
  const { content = [], problem } = useAnswer<Mail[]>("/api/mail", ["mail"]);
  const mail = content.find(({ messageId }) => messageId === open);
  return (
    <Split title={mail?.subject} detail={mail && <Letter mail={mail} />} onClose={close}>
      {content.length > 0 && (
        <List
          label="Mail, the newest first"
          columns={columns}
          items={content}
          idOf={({ messageId }) => messageId}
          isOpen={({ messageId }) => messageId === open}
          onOpen={({ messageId }) => go({ view: "mail", open: messageId })}
          onClose={close}
        />
      )}
      {content.length === 0 && (
        <Empty>{problem ?? "No mail yet. What the app sends with SES ends here."}</Empty>
      )}
    </Split>
  );
}

function Letter({ mail }: { mail: Mail }) {
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
