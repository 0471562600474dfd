import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { loadGraph } from "@petstore/offline/graph/load";
import { findEndpoint } from "@petstore/offline/runtime/endpoint-file";
import { projectRoot } from "./offline.ts";

const { scripts } = JSON.parse(await readFile(join(projectRoot, "package.json"), "utf8"));

/**
 * Runs a script of package.json against the runtime that uses a state.
 *
 * @returns all that it printed, and its exit code
 */
export function runScript(
  state: string,
  [name, ...args]: [string, ...string[]],
): Promise<{ output: string; code: number }> {
  const command = scripts[name].replace("shell.mjs", `shell.mjs --state ${state}`);
  return new Promise((resolve) => {
    execFile(
      "sh",
      ["-c", `${command} ${args.join(" ")} 2>&1`],
      { cwd: projectRoot },
      (error, output) => resolve({ output, code: Number(error?.code ?? 0) }),
    );
  });
}

/** Returns the configuration of an SDK client that calls the runtime of a state as the operator. */
export function asOperator(state: string) {
  const { url, accessKeyId, secretAccessKey } = findEndpoint(state);
  return {
    endpoint: url,
    region: "us-east-1",
    credentials: { accessKeyId, secretAccessKey },
  };
}

/** Returns the queues of the app, by the names of their links, for the operator. */
export function queuesOf(state: string) {
  const sqs = new SQSClient({ ...asOperator(state), useQueueUrlAsEndpoint: false });
  const { links } = loadGraph("offline", projectRoot);
  const at = (name: string) => ({ QueueUrl: links[name]?.url as string });
  return {
    send: (name: string, ...messages: Omit<SendMessageBatchRequestEntry, "Id">[]) =>
      sqs.send(
        new SendMessageBatchCommand({
          ...at(name),
          Entries: messages.map((message, n) => ({ Id: `${n}`, ...message })),
        }),
      ),
    /** Returns the number of messages in a queue, including invisible ones. */
    async depth(name: string): Promise<number> {
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({
          ...at(name),
          AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        }),
      );
      return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
    },
    /** Returns the bodies of up to ten messages, which remain in the queue. */
    async peek<T>(name: string): Promise<T[]> {
      const wanted = { ...at(name), MaxNumberOfMessages: 10, VisibilityTimeout: 0 };
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(wanted));
      return Messages.map(({ Body = "" }) => JSON.parse(Body));
    },
  };
}
