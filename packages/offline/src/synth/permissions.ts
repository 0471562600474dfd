import * as z from "zod";
import type { Graph } from "../graph/graph.ts";
import { readRoles } from "../services/iam/resources.ts";
import { readFunctions } from "../services/lambda/resources.ts";
import { readSchedules } from "../services/scheduler/resources.ts";

const strings = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const Document = z.object({
  Statement: z.array(
    z.object({
      Effect: z.enum(["Allow", "Deny"]),
      Action: strings.default(["everything except what it names"]),
      Resource: strings.default(["everything except what it names"]),
      Condition: z.record(z.string(), z.record(z.string(), strings)).default({}),
    }),
  ),
});
type Statement = z.output<typeof Document>["Statement"][number];

/**
 * Formats `infra/PERMISSIONS.md`: the permissions of each function and each schedule of a stage.
 * Permissions of all functions are listed once.
 */
export function formatPermissions(graph: Graph): string {
  const roles = readRoles(graph);
  const rowsOf = (roleArn: string) =>
    roles
      .find(({ arn }) => arn === roleArn)
      ?.policies.flatMap((document) => Document.parse(document).Statement)
      .map((statement) => formatRow(statement, graph)) ?? [];
  const functions = readFunctions(graph).map(({ name, roleArn }) => ({
    name,
    rows: rowsOf(roleArn),
  }));
  const schedules = readSchedules(graph).map(({ arn, roleArn }) => ({
    name: nameOf(arn, graph),
    rows: rowsOf(roleArn),
  }));
  const [first, ...others] = functions;
  const common = first?.rows.filter((row) => others.every(({ rows }) => rows.includes(row))) ?? [];
  return [
    `# What functions may do (${graph.stage})`,
    "",
    "Written by `npm run synth`, from the graph. Keys are partition keys of the table's items.",
    "",
    "| who | may | on | only if |",
    "|---|---|---|---|",
    ...common.map((row) => `| every function | ${row} |`),
    ...[...functions, ...schedules].flatMap(({ name, rows }) =>
      rows.filter((row) => !common.includes(row)).map((row) => `| ${name} | ${row} |`),
    ),
    "",
  ].join("\n");
}

function formatRow({ Effect, Action, Resource, Condition }: Statement, graph: Graph): string {
  const code = (texts: string[]) => texts.map((text) => `\`${text}\``).join("<br>");
  const conditions = Object.entries(Condition).flatMap(([test, variables]) =>
    Object.entries(variables).map(([variable, values]) =>
      variable === "dynamodb:LeadingKeys"
        ? `keys ${code(values)}`
        : `${test} ${variable} ${code(values)}`,
    ),
  );
  const actions = `${Effect === "Deny" ? "not " : ""}${code(Action)}`;
  return `${actions} | ${code(Resource.map((arn) => nameOf(arn, graph)))} | ${conditions.join("<br>")}`;
}

/** Returns the logical name of the resource with an ARN, or of its part: `TableTable/index/gsi1`. */
function nameOf(arn: string, { resources }: Graph): string {
  const owner = resources.find(
    ({ state }) => arn === state.arn || arn.startsWith(`${String(state.arn)}/`),
  );
  return owner ? owner.name + arn.slice(String(owner.state.arn).length) : arn;
}
