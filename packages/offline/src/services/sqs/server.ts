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
  /** Called after each response. */
  onChange?: () => void;
  /** Called with the reason when messages can no longer be stored. */
  onFailure?: (reason: string) => void;
}

export interface Sqs {
  endpoint: string;
  /** Returns the oldest messages of a queue without receiving them. */
  messages(queueName: string, limit: number): StoredMessage[];
  close(): Promise<void>;
}

/**
 * Starts SQS on a free loopback port. Creates the queues that are missing, and updates the
 * attributes of the others. Messages are stored in the state directory: everything acknowledged is
 * there after the next start, also after `kill -9`. A message that was in flight becomes visible
 * again after its visibility timeout.
 *
 * @throws {UserError} SQS refuses a queue's attributes, or the stored messages are damaged.
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
    // The poller and the endpoint reuse connections.
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

/** Queues that are no longer in the graph stay unchanged. */
async function ensureQueues({ store, action, SqsError }: Fauxqs, queues: Queue[]): Promise<void> {
  const setQueueAttributes = await action("setQueueAttributes");
  for (const { name, url, arn, attributes } of queues) {
    const { FifoQueue } = attributes;
    if (!store.getQueueByName(name)) {
      store.createQueue(name, url, arn, FifoQueue ? { FifoQueue } : {});
    }
    try {
      // An empty policy removes an earlier one.
      const Attributes = { RedrivePolicy: "", ...attributes };
      setQueueAttributes({ QueueUrl: url, Attributes }, store);
    } catch (error) {
      if (!(error instanceof SqsError)) throw error;
      throw new UserError(`SQS refuses queue ${name}: ${error.message}`, { cause: error });
    }
  }
}

/**
 * Responds to a request in the AWS JSON protocol.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
 */
async function handle(
  { SqsError, hasFailed }: Fauxqs,
  operations: Map<string, Operation>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { headers } = request;
  const body = await readBody(request);
  const respond = (status: number, content: object) => {
    response
      .writeHead(status, {
        "content-type": "application/x-amz-json-1.0",
        "x-amzn-requestid": randomUUID(),
      })
      .end(JSON.stringify(content));
  };
  const originError = checkOrigin(headers);
  if (originError) return respond(403, errorBody("AccessDenied", originError));
  const name = String(headers["x-amz-target"]).replace(/^AmazonSQS\./, "");
  const operation = operations.get(name);
  if (!operation)
    return respond(
      400,
      errorBody("InvalidAction", `The operation ${name} is not supported offline.`),
    );
  try {
    const context = {
      host: headers.host as string,
      traceHeader: headers["x-amzn-trace-id"] as string | undefined,
      isDisconnected: () => response.destroyed,
    };
    const output = await operation(JSON.parse(body.toString()), context);
    if (hasFailed()) response.destroy();
    else respond(200, output);
  } catch (error) {
    if (error instanceof SqsError) {
      response.setHeader("x-amzn-query-error", error.queryErrorHeader);
      respond(error.statusCode, error.toJSON());
    } else if (error instanceof z.ZodError || error instanceof SyntaxError) {
      respond(400, errorBody("SerializationException", error.message));
    } else {
      respond(500, errorBody("InternalFailure", String(error)));
    }
  }
}

const errorBody = (code: string, message: string) => ({
  __type: `com.amazonaws.sqs#${code}`,
  message,
});
