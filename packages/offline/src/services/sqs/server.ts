import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as z from "zod";
import type { State } from "../../state/state.ts";
import { readBody } from "../../util/body.ts";
import { findFreeAddress } from "../../util/listen.ts";
import { checkOrigin } from "../../util/origin-check.ts";
import { UserError } from "../../util/user-error.ts";
import { type Fauxqs, openFauxqs, type StoredMessage } from "./fauxqs.ts";
import { type Operation, sqsOperations } from "./operations.ts";
import type { Queue } from "./resources.ts";

export interface SqsOptions {
  state: State;
  queues: Queue[];
  /** An operation has been answered. */
  onChange?: () => void;
  /** Called with a sentence when messages can no longer be stored. */
  onFailure?: (reason: string) => void;
}

export interface Sqs {
  endpoint: string;
  /** The oldest messages of a queue, for people to look at: nobody receives them by that. */
  messages(queueName: string, limit: number): StoredMessage[];
  close(): Promise<void>;
}

/**
 * Starts SQS on a free loopback port, with the given queues: it creates those that are missing, and
 * gives the others their attributes. Messages stay in the state, and everything that was answered
 * is there after the next start, even if all was killed: a message that was in flight is visible
 * again when its visibility timeout has run out.
 *
 * @throws {UserError} A queue's attributes are not what SQS takes, or the stored messages are damaged.
 */
export async function startSqs(options: SqsOptions): Promise<Sqs> {
  const { state, queues, onChange, onFailure = () => {} } = options;
  const fauxqs = await openFauxqs(state.dataDirectory("sqs"), onFailure);
  try {
    const operations = await sqsOperations(fauxqs);
    await ensureQueues(fauxqs, queues);
    const server = createServer((request, response) => {
      handle(fauxqs, operations, request, response)
        .then(onChange)
        .catch(() => response.destroy());
    });
    // The poller and the endpoint keep connections open.
    server.keepAliveTimeout = 0;
    const { host } = await findFreeAddress();
    server.listen(0, host);
    await once(server, "listening");
    return {
      endpoint: `http://${host}:${(server.address() as AddressInfo).port}`,
      messages: (queueName, limit) => fauxqs.messages(queueName, limit),
      async close() {
        server.close();
        server.closeAllConnections();
        await once(server, "close");
        fauxqs.close();
      },
    };
  } catch (error) {
    fauxqs.close();
    throw error;
  }
}

/** Queues that the graph no longer has stay as they are. */
async function ensureQueues({ store, action, SqsError }: Fauxqs, queues: Queue[]): Promise<void> {
  const setQueueAttributes = await action("setQueueAttributes");
  for (const { name, url, arn, attributes } of queues) {
    const { FifoQueue } = attributes;
    if (!store.getQueueByName(name)) {
      store.createQueue(name, url, arn, FifoQueue ? { FifoQueue } : {});
    }
    try {
      // An empty policy takes away the one that there was.
      const Attributes = { RedrivePolicy: "", ...attributes };
      setQueueAttributes({ QueueUrl: url, Attributes }, store);
    } catch (error) {
      if (!(error instanceof SqsError)) throw error;
      throw new UserError(`SQS refuses queue ${name}: ${error.message}`, { cause: error });
    }
  }
}

/** https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html */
async function handle(
  { SqsError, hasFailed }: Fauxqs,
  operations: Map<string, Operation>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { headers } = request;
  const body = await readBody(request);
  const answer = (status: number, content: object) => {
    response
      .writeHead(status, {
        "content-type": "application/x-amz-json-1.0",
        "x-amzn-requestid": randomUUID(),
      })
      .end(JSON.stringify(content));
  };
  const refusal = checkOrigin(headers);
  if (refusal) return answer(403, fault("AccessDenied", refusal));
  const name = String(headers["x-amz-target"]).replace(/^AmazonSQS\./, "");
  const operation = operations.get(name);
  if (!operation) return answer(400, fault("InvalidAction", `There is no ${name} offline.`));
  try {
    const context = {
      host: headers.host as string,
      traceHeader: headers["x-amzn-trace-id"] as string | undefined,
      isGone: () => response.destroyed,
    };
    const output = await operation(JSON.parse(body.toString()), context);
    if (hasFailed()) response.destroy();
    else answer(200, output);
  } catch (error) {
    if (error instanceof SqsError) {
      response.setHeader("x-amzn-query-error", error.queryErrorHeader);
      answer(error.statusCode, error.toJSON());
    } else if (error instanceof z.ZodError || error instanceof SyntaxError) {
      answer(400, fault("SerializationException", error.message));
    } else {
      answer(500, fault("InternalFailure", String(error)));
    }
  }
}

const fault = (code: string, message: string) => ({ __type: `com.amazonaws.sqs#${code}`, message });
