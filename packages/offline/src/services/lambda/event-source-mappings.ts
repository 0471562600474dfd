import * as z from "zod";
import { permissionToSend, requirePermissions } from "../../runtime/authorization.ts";
import type { EventSource, EventSourceMapping, Poller } from "../../runtime/event-source.ts";
import type { Closable, FailedBatches, ServiceContext } from "../../runtime/service.ts";
import type { LambdaResources } from "./resources.ts";

/**
 * Starts polling for all enabled mappings. Lambda polls with the permissions of the function's role, and
 * checks them when a mapping is created.
 *
 * @throws {UserError} A role lacks a permission, or the configuration of a mapping is invalid.
 */
export async function startPollers(context: ServiceContext<LambdaResources>): Promise<Closable> {
  const { resources, authorize, findEventSource, log } = context;
  const { functions, mappings } = resources;
  const sources: { mapping: EventSourceMapping; source: EventSource }[] = [];
  for (const mapping of mappings.filter(({ enabled }) => enabled)) {
    const { name, eventSourceArn, functionArn, onFailureArn } = mapping;
    const source = findEventSource(eventSourceArn);
    if (!source) {
      log(`${name} does not run offline: its event source ${eventSourceArn} is not supported`);
      continue;
    }
    const caller = functions.find(({ arn }) => arn === functionArn)?.name;
    if (caller) {
      await requirePermissions(authorize, { caller, purpose: name }, [
        ...source.actions.map((action) => ({
          action,
          resources: [eventSourceArn] as [string],
        })),
        ...(onFailureArn ? [permissionToSend(onFailureArn)] : []),
      ]);
    }
    sources.push({ mapping, source });
  }
  const starts = await Promise.allSettled(
    sources.map(async ({ mapping, source }) =>
      source.poll(mapping, context.invokerFor(source.invocationSource)),
    ),
  );
  const pollers = starts.flatMap((start) => (start.status === "fulfilled" ? [start.value] : []));
  const close = async () =>
    void (await Promise.all(pollers.map((poller: Poller) => poller.close())));
  const failed = starts.find((start) => start.status === "rejected");
  if (!failed) return { close };
  await close();
  throw failed.reason;
}

/**
 * Returns the batches that mappings sent to an on-failure destination.
 *
 * @returns undefined if the ARN is no on-failure destination
 */
export function failedBatchesAt(
  destinationArn: string,
  { resources, findEventSource, invokerFor }: ServiceContext<LambdaResources>,
): FailedBatches | undefined {
  const mappings = resources.mappings.filter((one) => one.onFailureArn === destinationArn);
  if (mappings.length === 0) return undefined;
  const isConsumer = ({ arn }: { arn: string }) =>
    mappings.some(({ functionArn }) => functionArn === arn);
  return {
    functionNames: resources.functions.filter(isConsumer).map(({ name }) => name),
    async redeliver(message) {
      const { functionArn, eventSourceArn } = parseFailure(message);
      const mapping = mappings.find(
        (one) => one.functionArn === functionArn && one.eventSourceArn === eventSourceArn,
      );
      const source = mapping && findEventSource(mapping.eventSourceArn);
      if (!mapping || !source?.redeliver) {
        throw new Error(`${functionArn} has no event source mapping for ${eventSourceArn}.`);
      }
      await source.redeliver(mapping, message, invokerFor(source.invocationSource));
    },
  };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html */
const FailureMessage = z.object({
  requestContext: z.object({ functionArn: z.string() }),
  DDBStreamBatchInfo: z.object({ streamArn: z.string() }),
});

function parseFailure(message: string) {
  try {
    const { requestContext, DDBStreamBatchInfo } = FailureMessage.parse(JSON.parse(message));
    return {
      functionArn: requestContext.functionArn,
      eventSourceArn: DDBStreamBatchInfo.streamArn,
    };
  } catch {
    throw new Error("The message does not name records of a stream.");
  }
}
