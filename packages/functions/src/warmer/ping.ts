import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { observed, traced } from "@petstore/core/telemetry";
import type { Context } from "aws-lambda";
import { Resource } from "sst";
import * as z from "zod";
import type { WarmPing } from "../http/warm-ping.ts";

const client = traced(new LambdaClient());
const Targets = z.object({ functionArns: z.array(z.string()), instances: z.int().min(1) });

const ping: WarmPing = { warm: true };
const payload = JSON.stringify(ping);

/**
 * Pings as many instances of every API function as the stage asks for. All pings of a function are
 * under way together, and each keeps its instance busy for a moment, so each needs one of its own.
 */
export const handler = (_event: unknown, context: Context) =>
  observed({ context, operation: "Warm", line: "warmed" }, async (summary) => {
    const { functionArns, instances } = Targets.parse(Resource.InvokeApi);
    const targets = functionArns.flatMap((arn) => Array<string>(instances).fill(arn));
    const outcomes = await Promise.allSettled(targets.map(warm));
    const failures = outcomes.filter(({ status }) => status === "rejected");
    Object.assign(summary, { pings: targets.length, failures: failures.length });
    if (failures.length > 0) throw new AggregateError(failures, "Some functions stayed cold");
  });

async function warm(FunctionName: string): Promise<void> {
  const { FunctionError } = await client.send(
    new InvokeCommand({ FunctionName, Payload: payload }),
  );
  if (FunctionError) throw new Error(`${FunctionName}: ${FunctionError}`);
}
