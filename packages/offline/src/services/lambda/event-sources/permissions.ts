import type { App, EventSource } from "../../../graph/app.ts";
import { UserError } from "../../../util/user-error.ts";
import type { Access, Need } from "../../iam/authorize.ts";

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions */
const QUEUE = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];

/** https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html */
const STREAM = ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"].map(
  (action) => `dynamodb:${action}`,
);

/**
 * Lambda polls a source with the rights of the function's role, and checks that it has them when the
 * mapping is made; the scheduler invokes with those of a role of its own.
 *
 * @throws {UserError} A right is missing: who lacks it, and what it is.
 */
export async function checkRights(app: App, access: Access): Promise<void> {
  const functionOf = (arn: string) => app.functions.find((fn) => fn.arn === arn);
  for (const source of app.eventSources.filter(({ enabled }) => enabled)) {
    const name = functionOf(source.functionArn)?.name;
    if (name) await demand(name, source.name, needsOf(source));
  }
  for (const { name, targetArn, deadLetterArn, enabled } of app.schedules) {
    if (!enabled || !functionOf(targetArn)) continue;
    await demand(name, name, [
      { action: "lambda:InvokeFunction", resources: [targetArn] },
      ...(deadLetterArn ? [send(deadLetterArn)] : []),
    ]);
  }

  async function demand(caller: string, source: string, needs: Need[]): Promise<void> {
    const denial = await access.check(caller, needs);
    if (!denial) return;
    const { action, resource } = denial;
    throw new UserError(
      `${source} cannot run: the role of ${caller} lacks ${action} on ${resource}. Grant it in the app, as AWS would refuse this too.`,
    );
  }
}

function needsOf({ eventSourceArn, onFailureArn }: EventSource): Need[] {
  const actions = eventSourceArn.includes(":sqs:") ? QUEUE : STREAM;
  return [
    ...actions.map((action): Need => ({ action, resources: [eventSourceArn] })),
    ...(onFailureArn ? [send(onFailureArn)] : []),
  ];
}

const send = (queueArn: string): Need => ({ action: "sqs:SendMessage", resources: [queueArn] });
