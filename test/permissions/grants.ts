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
  /** Logical name of the function, or name of the schedule. */
  caller: string;
  role: string;
  action: string;
  resource: string;
  /** The statement's condition as JSON; empty without one. */
  condition: string;
}

/** Returns all grants of a stage, one per action and resource. */
export function listGrants(stage: string): Grant[] {
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

/** Grants that no scenario uses, with the reason for each. */
const exceptions: { action: RegExp; caller?: string; reason: string }[] = [
  { action: /^logs:/, reason: "Lambda writes the logs with the function's role" },
  { action: /^xray:/, reason: "traces are not collected offline" },
  {
    action: /^dynamodb:DeleteItem$/,
    caller: "Notify",
    reason: "for a mail that SES rejects, which the mailbox never does: see needed.test.ts",
  },
  {
    action: /^sqs:ChangeMessageVisibility$/,
    caller: "Notify",
    reason:
      "for a mail that SES throttles, which the mailbox never does: see long/mail-rate.test.ts",
  },
  {
    action: /^sqs:SendMessage$/,
    caller: "Notify",
    reason: "for a message that fails five times, which takes minutes: see long/redrive.test.ts",
  },
];

/** Returns the reason why no scenario uses a grant, or undefined. */
export const exceptionFor = (grant: Grant): string | undefined =>
  exceptions.find(
    ({ action, caller = grant.caller }) => action.test(grant.action) && caller === grant.caller,
  )?.reason;

/** Returns a readable form of a grant, without region and account. */
export const describeGrant = ({ caller, action, resource, condition }: Grant): string => {
  const keys = /"dynamodb:LeadingKeys":\["([^"]+)"\]/.exec(condition)?.[1];
  return `${caller} ${action} ${resource.split(":").slice(5).join(":") || resource}${keys ? ` ${keys}` : ""}`;
};
