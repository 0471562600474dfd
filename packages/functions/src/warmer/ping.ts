import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { traceClient, withTelemetry } from "@petstore/core/telemetry";
import type { Context } from "aws-lambda";
import { Resource } from "sst";
import * as z from "zod";
import type { WarmPing } from "../http/warm-ping.ts";

const client = traceClient(new LambdaClient());
const Targets = z.object({ functionArns: z.array(z.string()), instances: z.int().min(1) });

const ping: WarmPing = { warm: true };
const payload = JSON.stringify(ping);

/**
 * Pings the number of instances of every API function that the stage configures. All pings of a
 * function are sent at the same time, and each keeps its instance busy for a moment, so each reaches
 * a different instance.
 */
export const handler = (_event: unknown, context: Context) =>
  withTelemetry({ context, operation: "Warm", line: "warmed" }, async (summary) => {
    const { functionArns, instances } = Targets.parse(Resource.InvokeApi);
    const targets = functionArns.flatMap((arn) => Array<string>(instances).fill(arn));
    const outcomes = await Promise.allSettled(targets.map(pingFunction));
    const failures = outcomes.filter(({ status }) => status === "rejected");
    Object.assign(summary, { pings: targets.length, failures: failures.length });
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} pings failed`);
  });

async function pingFunction(FunctionName: string): Promise<void> {
  const { FunctionError } = await client.send(
    new InvokeCommand({ FunctionName, Payload: payload }),
  );
  if (FunctionError) throw new Error(`${FunctionName}: ${FunctionError}`);
}
