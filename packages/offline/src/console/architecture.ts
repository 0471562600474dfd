import type { App } from "../graph/app.ts";
import type { ArchitectureEdge, ArchitectureNode } from "./model.ts";

/** The node of the mailbox, which no resource of the graph stands for. */
export const MAIL = "mail";

/**
 * The app as it is drawn: what calls what. That a function uses a table or a queue is told by its
 * environment, which names them; that it sends mail, by its calls.
 *
 * @param senders names of the functions that have sent mail
 */
export function architectureOf(app: App, senders: Iterable<string>) {
  const { apis, functions, tables, queues, schedules } = app;
  const nodes: ArchitectureNode[] = [
    ...apis.map(({ apiId, name }) => ({ id: apiId, kind: "api" as const, name })),
    ...schedules.map(({ arn, name }) => ({ id: arn, kind: "schedule" as const, name })),
    ...functions.map(({ arn, name }) => ({ id: arn, kind: "function" as const, name })),
    ...tables.map(({ arn, name }) => ({ id: arn, kind: "table" as const, name })),
    ...queues.map(({ arn, name }) => ({ id: arn, kind: "queue" as const, name })),
  ];
  const edges = [
    ...apis.flatMap(({ apiId, routes }) =>
      routes.map(({ functionArn }) => edge(apiId, functionArn, "route")),
    ),
    ...schedules.map(({ arn, targetArn }) => edge(arn, targetArn, "source")),
    ...app.eventSources.flatMap(({ eventSourceArn, functionArn, onFailureArn }) => [
      edge(eventSourceArn.replace(/\/stream\/.*/, ""), functionArn, "source"),
      ...(onFailureArn ? [edge(functionArn, onFailureArn, "dead")] : []),
    ]),
    ...functions.flatMap(({ arn, environment }) => {
      const known = Object.values(environment).join("\n");
      return [
        ...tables.filter(({ name }) => known.includes(name)),
        ...queues.filter(({ url }) => known.includes(url)),
        ...functions.filter(({ functionName }) => isNamed(functionName, known)),
      ].map((used) => edge(arn, used.arn, "call"));
    }),
    ...queues.flatMap(({ arn, attributes }) => {
      const target = queues.find((dead) => attributes.RedrivePolicy?.includes(`"${dead.arn}"`));
      return target ? [edge(arn, target.arn, "dead")] : [];
    }),
  ];
  const sending = functions.filter(({ name }) => new Set(senders).has(name));
  if (sending.length > 0) {
    nodes.push({ id: MAIL, kind: "mail", name: "Mailbox" });
    edges.push(...sending.map(({ arn }) => edge(arn, MAIL, "call")));
  }
  const ids = new Set(nodes.map(({ id }) => id));
  return { nodes, edges: unique(edges.filter(({ from, to }) => ids.has(from) && ids.has(to))) };
}

/** Whether a text has the name of a function, by itself or in an ARN with or without a version. */
const isNamed = (functionName: string, text: string) =>
  [`"${functionName}"`, `:${functionName}"`, `:${functionName}:`].some((part) =>
    text.includes(part),
  );

const edge = (from: string, to: string, kind: ArchitectureEdge["kind"]): ArchitectureEdge => ({
  ...{ from, to, kind },
});

const unique = (edges: ArchitectureEdge[]) => [
  ...new Map(edges.map((one) => [`${one.from} ${one.to} ${one.kind}`, one])).values(),
];
