import { loadGraph } from "@petstore/offline/graph/load";
import * as z from "zod";
import { projectRoot } from "../support/offline.ts";
import { resourcesOf } from "../support/resources.ts";

const strings = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
export const Statement = z.looseObject({
  Effect: z.literal("Allow"),
  Action: strings,
  Resource: strings,
  Condition: z.record(z.string(), z.record(z.string(), strings)).optional(),
});
export type Statement = z.output<typeof Statement>;
const Document = z.object({ Statement: z.array(Statement) });

/** One action on one resource that the role of a function, or of a schedule, allows. */
export interface Grant {
  /** Logical name of the function, name of the schedule. */
  caller: string;
  role: string;
  action: string;
  resource: string;
  /** What the allowing statement asks besides; empty where it asks nothing. */
  condition: string;
}

/** All that the app grants in a stage, entry by entry. */
export function grantsOf(stage: string): Grant[] {
  const app = resourcesOf(loadGraph(stage, projectRoot));
  return [...app.functions, ...app.schedules].flatMap(({ name: caller, roleArn }) => {
    const role = app.roles.find(({ arn }) => arn === roleArn);
    const statements = role?.policies.flatMap((document) => Document.parse(document).Statement);
    return (statements ?? []).flatMap(({ Action, Resource, Condition }) =>
      Action.flatMap((action) =>
        Resource.map((resource) => ({
          caller,
          role: role?.name as string,
          action,
          resource,
          condition: Condition ? JSON.stringify(Condition) : "",
        })),
      ),
    );
  });
}

/** Rights that no scenario uses, and why they are there all the same. */
const exceptions: { action: RegExp; caller?: string; reason: string }[] = [
  { action: /^logs:/, reason: "Lambda writes the logs, with the function's rights" },
  { action: /^xray:/, reason: "traces are not collected offline" },
  {
    action: /^dynamodb:DeleteItem$/,
    caller: "Notify",
    reason: "for a mail that SES refuses, as the mailbox never does: see needed.test.ts",
  },
  {
    action: /^sqs:ChangeMessageVisibility$/,
    caller: "Notify",
    reason: "for a mail that SES throttles, as the mailbox never does: see long/mail-rate.test.ts",
  },
  {
    action: /^sqs:SendMessage$/,
    caller: "Notify",
    reason: "for a message that fails five times, which takes minutes: see long/redrive.test.ts",
  },
];

export const exceptionOf = (grant: Grant): string | undefined =>
  exceptions.find(
    ({ action, caller = grant.caller }) => action.test(grant.action) && caller === grant.caller,
  )?.reason;

/** A grant for people: without what is the same everywhere. */
export const short = ({ caller, action, resource, condition }: Grant): string => {
  const keys = /"dynamodb:LeadingKeys":\["([^"]+)"\]/.exec(condition)?.[1];
  return `${caller} ${action} ${resource.split(":").slice(5).join(":") || resource}${keys ? ` ${keys}` : ""}`;
};
