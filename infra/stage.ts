import { readSettings, type Settings } from "./settings";

/** What differs between stages. `app()` in sst.config.ts decides what `sst remove` may delete. */
interface Stage {
  /** How long CloudWatch stores logs. */
  logRetention: "1 week" | "1 year";
  /** Share of invocations that also log debug lines: 0 to 1, in steps of 0.01. Logs cost $0.50 a GB. */
  debugLogRate: number;
  /**
   * Requests that X-Ray traces: `reservoir` requests a second, and a share (`rate`, 0 to 1) of the
   * others. A million traces cost $5: at a constant 100 requests a second, production's rule (1 and
   * 5 %) stores 15 of 260 million a month, for $77.
   */
  traceSampling: { reservoir: number; rate: number };
  /**
   * Alarms (about 70 at $0.10 a month each: $7), a dashboard ($3 a month) and a warning when the
   * account costs more than `dollarsPerMonth`. They are sent to an SNS topic, and from it to `address`.
   */
  alarms?: { address: string; dollarsPerMonth: number };
  /**
   * Requests a second that the API accepts, sustained (`rate`) and in a burst; it answers others with
   * 429. API Gateway rejects a value above the account's quota, which is 2,500 and 1,250 in some regions
   * (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html).
   */
  throttle: { rate: number; burst: number };
  /** Instances of each API function that the warmer keeps warm. With 0 the warmer is not scheduled. */
  warmInstances: number;
  /** Provisioned concurrency of each API function, which is billed while idle. */
  provisionedInstances: number;
  /**
   * Maximum concurrency of each queue's worker, 2 to 1,000. It protects the table, divides
   * `mailsPerSecond`, and reserves nothing, because a new account has only 10 concurrent executions
   * (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html#events-sqs-max-concurrency).
   */
  workers: { chunks: number; notifications: number };
  /** Sender of mail, which SES verifies. Without one, mail is only logged. */
  mailFrom: string;
  /**
   * Mails a second that SES accepts from this stage: the account's quota minus what other senders need.
   * A new account has 1. A value that is too high delays mails, because SES throttles them, but loses
   * none.
   */
  mailsPerSecond: number;
  /**
   * Maximum number of mails a day (UTC) about the pets of one caller and to one address. Callers choose
   * the addresses, so this limits the unsolicited mail that a caller can cause.
   */
  mailLimits: { caller: number; recipient: number };
  /**
   * OpenID provider that issues the tokens: its `iss`, and the accepted values of `aud` or `client_id`.
   * Without one, the stage creates a Cognito user pool.
   */
  auth?: { issuer: string; audiences: string[] };
  /** Origins whose pages may call the API. */
  allowOrigins: string[];
}

const production = ({ mailFrom, alarmAddress, allowOrigins }: Settings): Stage => ({
  logRetention: "1 year",
  debugLogRate: 0.01,
  traceSampling: { reservoir: 1, rate: 0.05 },
  alarms: { address: alarmAddress, dollarsPerMonth: 200 },
  throttle: { rate: 1_000, burst: 1_000 },
  warmInstances: 2,
  provisionedInstances: 0,
  workers: { chunks: 10, notifications: 5 },
  mailFrom,
  mailsPerSecond: 10,
  mailLimits: { caller: 50, recipient: 10 },
  allowOrigins,
});

/** A developer's own stage, whose data may be deleted. */
const personal: Stage = {
  logRetention: "1 week",
  debugLogRate: 0,
  traceSampling: { reservoir: 10, rate: 0.05 },
  throttle: { rate: 1_000, burst: 1_000 },
  warmInstances: 0,
  provisionedInstances: 0,
  workers: { chunks: 4, notifications: 2 },
  mailFrom: "",
  mailsPerSecond: 1,
  mailLimits: { caller: 50, recipient: 10 },
  allowOrigins: ["*"],
};

/** Everything runs offline, including the warmer and mail, which the offline mailbox records. */
const offline: Stage = {
  ...personal,
  throttle: { rate: 10_000, burst: 5_000 },
  warmInstances: 2,
  workers: { chunks: 10, notifications: 5 },
  mailFrom: "petstore@example.com",
  mailsPerSecond: 100,
};

export const stage = createStage($app.stage);

function createStage(name: string): Stage {
  if (name === "production") return production(readSettings(name, process.env));
  return name === "offline" ? offline : personal;
}

// `removal` and `protect` in sst.config.ts do not prevent a replacement, which a change of the table's
// key schema or of the user pool's sign-in attributes requires. Pulumi's `protect` does.
if ($app.stage === "production") {
  for (const type of [aws.dynamodb.Table, aws.cognito.UserPool]) {
    $transform<object, object, $util.ResourceOptions>(type, (_args, options) => {
      options.protect = true;
    });
  }
}
