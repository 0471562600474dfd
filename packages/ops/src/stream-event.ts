import type { _Record as StreamRecord } from "@aws-sdk/client-dynamodb-streams";

/**
 * Records as Lambda hands them to a consumer, in JSON. It differs from what the SDK reads in the
 * stream's name, in times (seconds) and bytes (base64), and in who deleted an expired item.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 */
export function toEvent(records: StreamRecord[], streamArn: string): string {
  const Records = records.map(({ dynamodb, userIdentity: by, ...record }) => ({
    ...record,
    eventSourceARN: streamArn,
    dynamodb: {
      ...dynamodb,
      ApproximateCreationDateTime: Number(dynamodb?.ApproximateCreationDateTime) / 1000,
    },
    ...(by && { userIdentity: { principalId: by.PrincipalId, type: by.Type } }),
  }));
  return JSON.stringify({ Records }, (_, value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value,
  );
}
