import { findPackageJSON } from "node:module";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import { checkDatabase } from "../../state/database.ts";
import { openStateFile, stateFileUser } from "../../state/state-file.ts";

/** A queue of fauxqs. */
export interface FauxqsQueue {
  name: string;
  url: string;
  persistence?: Persistence;
  changeVisibility(receiptHandle: string, seconds: number): void;
}

/** The queues of fauxqs, with the messages in them. */
export interface FauxqsStore {
  persistence?: Persistence;
  createQueue(
    name: string,
    url: string,
    arn: string,
    attributes: Record<string, string>,
  ): FauxqsQueue;
  getQueue(url: string): FauxqsQueue | undefined;
  getQueueByArn(arn: string): FauxqsQueue | undefined;
  getQueueByName(name: string): FauxqsQueue | undefined;
  allQueues(): Iterable<FauxqsQueue>;
  /** Ends all long polls. */
  shutdown(): void;
}

/** An operation of the SQS API; `body` is the parsed request body. */
export type FauxqsAction = (body: object, store: FauxqsStore) => unknown;

/** An error that an action throws. */
export interface FauxqsError extends Error {
  code: string;
  statusCode: number;
  /** Value of the `x-amzn-query-error` header, which SDKs that used the query protocol read. */
  queryErrorHeader: string;
  toJSON(): { __type: string; message: string };
}

interface Message {
  approximateReceiveCount: number;
}

interface Persistence {
  readonly db: DatabaseSync;
  insertMessage(queueName: string, message: Message): void;
  updateMessageReady(messageId: string): void;
  loadSqsQueues(store: FauxqsStore): void;
  close(): void;
}

/** A row of the message table. Times are milliseconds since the epoch. */
const StoredMessage = z
  .object({
    message_id: z.string(),
    body: z.string(),
    message_attributes: z.string().transform((json) => JSON.parse(json)),
    sent_timestamp: z.number(),
    approximate_receive_count: z.number(),
    visibility_deadline: z.number().nullable(),
  })
  .transform((row) => ({
    id: row.message_id,
    body: row.body,
    attributes: row.message_attributes as Record<string, { StringValue?: string }>,
    sentAt: row.sent_timestamp,
    receives: row.approximate_receive_count,
    /** Absent for a visible message. */
    invisibleUntil: row.visibility_deadline ?? undefined,
  }));
export type StoredMessage = z.output<typeof StoredMessage>;

export interface Fauxqs {
  store: FauxqsStore;
  SqsError: new (code: string, message: string) => FauxqsError;
  QueueDoesNotExistError: new () => FauxqsError;
  md5OfMessageAttributes(attributes: object): string;
  /** Returns the bytes that count towards SQS's limits: body and attributes. */
  calculateMessageSize(body: string, attributes: object): number;
  /** Returns the oldest messages of a queue, and leaves them unchanged. */
  messages(queueName: string, limit: number): StoredMessage[];
  /** Loads the module of one operation, for example `sendMessage`. */
  action(name: string): Promise<FauxqsAction>;
  /** Whether a write has failed; no request may be acknowledged then. */
  hasFailed(): boolean;
  close(): void;
}

/**
 * Characters that SQS accepts in no message. fauxqs' own pattern also rejects all characters beyond
 * the Basic Multilingual Plane.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
const INVALID_CHARACTER = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;

/**
 * Opens the SQS part of fauxqs (https://github.com/kibertoad/fauxqs) on the data in a directory.
 *
 * It imports single modules, because fauxqs' server includes S3 and SNS, takes 0.2 s to start, and
 * listens on all interfaces.
 *
 * @param onFailure called with the reason when messages can no longer be stored
 * @throws {UserError} The file with the messages is damaged.
 */
export async function openFauxqs(
  dataDirectory: string,
  onFailure: (reason: string) => void,
): Promise<Fauxqs> {
  const [{ SqsStore }, { PersistenceManager }, { md5OfMessageAttributes }, errors, types] =
    await Promise.all(
      ["sqs/sqsStore", "persistence", "common/md5", "common/errors", "sqs/sqsTypes"].map(load),
    );
  types.INVALID_MESSAGE_BODY_CHAR.test = (body: string) => INVALID_CHARACTER.test(body);
  const store: FauxqsStore = new SqsStore();
  // fauxqs identifies queues by its own account and host. The name is unique: there is one account.
  store.getQueue = (url) => store.getQueueByName(url.split("/").at(-1) as string);
  store.getQueueByArn = (arn) => store.getQueueByName(arn.split(":").at(-1) as string);

  const path = join(dataDirectory, "fauxqs.db");
  checkDatabase(path);
  const persistence = openStateFile(path, () => {
    const opened = fixPersistence(new PersistenceManager(dataDirectory));
    opened.loadSqsQueues(store);
    return opened;
  });
  let failed = false;
  const use = stateFileUser(path, (reason) => {
    failed = true;
    onFailure(reason);
  });
  store.persistence = transactional(persistence, use);
  for (const queue of store.allQueues()) queue.persistence = store.persistence;

  const oldest = persistence.db.prepare(
    "SELECT * FROM sqs_messages WHERE queue_name = ? ORDER BY sent_timestamp LIMIT ?",
  );
  return {
    store,
    SqsError: errors.SqsError,
    QueueDoesNotExistError: errors.QueueDoesNotExistError,
    md5OfMessageAttributes,
    calculateMessageSize: types.calculateMessageSize,
    messages: (queueName, limit) => z.array(StoredMessage).parse(oldest.all(queueName, limit)),
    action: async (name) => (await load(`sqs/actions/${name}`))[name],
    hasFailed: () => failed,
    close() {
      store.shutdown();
      persistence.close();
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: the modules' types are not exported
async function load(module: string): Promise<any> {
  const manifest = pathToFileURL(findPackageJSON("fauxqs", import.meta.url) as string);
  return import(new URL(`dist/${module}.js`, manifest).href);
}

function fixPersistence(persistence: Persistence): Persistence {
  // fauxqs' statement violates the table's constraints, and the message would be lost.
  const makeReady = persistence.db.prepare(
    "UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?",
  );
  persistence.updateMessageReady = (messageId) => {
    makeReady.run(messageId);
  };

  // A message that is inserted after it was received moves to the dead-letter queue. fauxqs counts
  // this move as a receive.
  const { insertMessage } = persistence;
  persistence.insertMessage = (queueName, message) => {
    if (message.approximateReceiveCount > 0) message.approximateReceiveCount--;
    insertMessage.call(persistence, queueName, message);
  };
  return persistence;
}

/**
 * Commits all changes of a request in one transaction, before the response is sent. An action makes
 * all its changes synchronously, so a microtask runs after them. In fauxqs each statement is a
 * transaction with its own disk sync, and a crash between two of them could lose a message that moves
 * to the dead-letter queue.
 */
function transactional(
  persistence: Persistence,
  use: ReturnType<typeof stateFileUser>,
): Persistence {
  let open = false;
  const commit = () => {
    open = false;
    try {
      use(() => persistence.db.exec("COMMIT"));
    } catch {
      // `use` has reported the failure, and the request gets no response.
    }
  };
  return new Proxy(persistence, {
    get(target, name) {
      const method = Reflect.get(target, name) as (...parameters: unknown[]) => unknown;
      return (...parameters: unknown[]) => {
        if (!open) {
          use(() => persistence.db.exec("BEGIN"));
          open = true;
          queueMicrotask(commit);
        }
        return use(() => method.apply(target, parameters));
      };
    },
  });
}
