/**
 * SQS's maximum, in bytes. The provider's default is 256 KiB, and a chunk of an import may be larger
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html).
 */
const MAX_MESSAGE_SIZE = 1_048_576;

/** A queue as all of them are: encrypted, and spoken to over TLS alone. */
export function queue(
  name: string,
  args: Pick<sst.aws.QueueArgs, "visibilityTimeout" | "dlq"> & { messageRetentionSeconds?: number },
) {
  const { messageRetentionSeconds, ...rest } = args;
  const created = new sst.aws.Queue(name, {
    ...rest,
    transform: {
      queue: {
        sqsManagedSseEnabled: true,
        maxMessageSize: MAX_MESSAGE_SIZE,
        messageRetentionSeconds,
      },
    },
  });
  new aws.sqs.QueuePolicy(`${name}TlsOnly`, {
    queueUrl: created.url,
    policy: $jsonStringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Deny",
          Principal: "*",
          Action: "sqs:*",
          Resource: created.arn,
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
    }),
  });
  return created;
}
