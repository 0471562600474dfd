import * as z from "zod";
import type { Architecture, Panel } from "../../runtime/panel.ts";
import type { ServiceContext } from "../../runtime/service.ts";
import { HttpError } from "../../util/http-error.ts";
import { plural } from "../../util/plural.ts";
import type { Lambda } from "./lambda.ts";
import type { FunctionDetail, FunctionStatus } from "./panel-data.ts";
import type { LambdaFunction, LambdaResources } from "./resources.ts";
import { createStatistics } from "./statistics.ts";

/** The numbers of shown invocations and log lines of a function. */
const MAX_INVOCATIONS = 100;
const MAX_LINES = 500;

const FunctionName = z.object({ name: z.string() });

/** Creates the console's panel of functions, and their nodes and edges in the architecture. */
export function createConsoleView(
  { resources, events, history }: ServiceContext<LambdaResources>,
  lambda: Pick<Lambda, "processes">,
): { panel: Panel; architecture: () => Architecture } {
  const { functions, mappings } = resources;
  const statistics = createStatistics();
  events.on("recordedInvocation", (invocation) => {
    statistics.addInvocation(invocation);
    events.emit("changed", "functions");
  });
  events.on("logged", ({ functionName, text }) => {
    if (text.startsWith("REPORT ")) statistics.addReport(functionName, text);
  });

  function toFunctionStatus({ name, arn, memoryMb }: LambdaFunction): FunctionStatus {
    const { starting = 0, idle = 0, busy = 0 } = lambda.processes(arn) ?? {};
    return { name, arn, memoryMb, starting, warm: idle, busy, ...statistics.get(name) };
  }

  function readFunctionDetail(name: string): FunctionDetail {
    if (!functions.some((fn) => fn.name === name))
      throw new HttpError(404, `The function ${name} does not exist.`);
    const isOwn = ({ functionName }: { functionName: string }) => functionName === name;
    const invocations = history.invocations.items().filter(isOwn);
    return {
      invocations: invocations.slice(-MAX_INVOCATIONS).reverse(),
      lines: history.lines.items().filter(isOwn).slice(-MAX_LINES),
    };
  }

  return {
    panel: {
      id: "functions",
      title: "Functions",
      view: new URL("panel.tsx", import.meta.url),
      routes: {
        "GET /api/functions": () => functions.map(toFunctionStatus),
        "GET /api/functions/:name": (parameters) =>
          readFunctionDetail(FunctionName.parse(parameters).name),
      },
    },
    architecture: () => ({
      nodes: functions.map(({ arn, name, functionName, environment }) => ({
        ...{ id: arn, kind: "function", name, link: `functions/${encodeURIComponent(name)}` },
        note: plural(statistics.get(name).invocations, "invocation"),
        // The name, or an ARN with or without a version.
        references: [`"${functionName}"`, `:${functionName}"`, `:${functionName}:`],
        configuration: Object.values(environment).join("\n"),
      })),
      edges: mappings.flatMap(({ eventSourceArn, functionArn, onFailureArn }) => [
        {
          ...{ from: eventSourceArn.replace(/\/stream\/.*/, ""), to: functionArn },
          kind: "source" as const,
        },
        ...(onFailureArn ? [{ from: functionArn, to: onFailureArn, kind: "dead" as const }] : []),
      ]),
    }),
  };
}
