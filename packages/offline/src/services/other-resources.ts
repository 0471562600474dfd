import { defineService, type ResourceType } from "../runtime/service.ts";

const supported: ResourceType = {};

/** Resource types of services that the offline runtime does not run, and of Pulumi itself. */
export const otherResources = defineService({
  name: "other",
  resourceTypes: {
    "aws:budgets/budget:Budget": supported,
    "aws:cloudwatch/eventBus:EventBus": {
      isSupported: false,
      outputs: ({ arn, physicalName }) => ({ arn: arn("events", `event-bus/${physicalName}`) }),
    },
    "aws:cloudwatch/eventRule:EventRule": {
      isSupported: false,
      outputs: ({ arn, physicalName }) => ({ arn: arn("events", `rule/${physicalName}`) }),
    },
    "aws:kms/key:Key": {
      isSupported: false,
      outputs: ({ arn, uid }) => ({ id: uid, keyId: uid, arn: arn("kms", `key/${uid}`) }),
    },
    "aws:s3/bucket:Bucket": {
      isSupported: false,
      outputs({ input, region }) {
        const bucket = input("bucket");
        return {
          id: bucket,
          arn: `arn:aws:s3:::${bucket}`,
          bucketDomainName: `${bucket}.s3.amazonaws.com`,
          bucketRegionalDomainName: `${bucket}.s3.${region}.amazonaws.com`,
        };
      },
    },
    // SST uploads source maps as objects when it deploys.
    "aws:s3/bucketObjectv2:BucketObjectv2": {
      outputs: ({ input }) => ({
        id: input("key"),
        arn: `arn:aws:s3:::${input("bucket")}/${input("key")}`,
      }),
    },
    // The warning about the bucket or topic is enough.
    "aws:s3/bucketPolicy:BucketPolicy": supported,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": supported,
    "aws:sns/topicPolicy:TopicPolicy": supported,
    "aws:secretsmanager/secret:Secret": {
      isSupported: false,
      outputs({ arn, physicalName, uid }) {
        const secret = arn("secretsmanager", `secret:${physicalName}-${uid.slice(0, 6)}`);
        return { id: secret, arn: secret };
      },
    },
    "aws:sns/topic:Topic": {
      isSupported: false,
      outputs({ arn, physicalName }) {
        const topic = arn("sns", physicalName);
        return { id: topic, arn: topic };
      },
    },
    "aws:sns/topicSubscription:TopicSubscription": {
      isSupported: false,
      outputs({ input, uid }) {
        const subscription = `${input("topic")}:${uid}`;
        return { id: subscription, arn: subscription };
      },
    },
    "aws:ssm/parameter:Parameter": {
      isSupported: false,
      outputs: ({ arn, physicalName }) => ({
        arn: arn("ssm", `parameter/${physicalName.replace(/^\//, "")}`),
        version: 1,
      }),
    },
    "pulumi-nodejs:dynamic:Resource": supported,
    "pulumi:providers:aws": supported,
    "random:index/randomBytes:RandomBytes": {
      outputs: ({ uid }) => ({
        base64: Buffer.from(uid).toString("base64"),
        hex: Buffer.from(uid).toString("hex"),
      }),
    },
    "random:index/randomId:RandomId": {
      outputs: ({ uid }) => ({ id: uid, hex: uid, b64Url: uid }),
    },
    "random:index/randomPassword:RandomPassword": {
      outputs: ({ uid }) => ({ result: `password-${uid}` }),
    },
  },
});
