import { readSettings, type Settings } from "./settings";

/** What differs between stages. Removal and protection of the whole app are in sst.config.ts. */
interface Stage {
  /** Logs are kept this long, and then deleted. */
  logRetention: "1 week" | "1 year";
  /** Share of invocations, 0 to 1 in steps of 0.01, that log debug lines too. Logs cost $0.50 a GB. */
  debugged: number;
  /**
   * Requests that leave a trace: so many a second (`reservoir`), and a share of those beyond (`rate`,
   * 0 to 1). A million traces cost $5: at 100 requests a second, day and night, the rule of
   * production (one, and 5 %) keeps 15 million of 260 million a month, for $77.
   */
  traced: { reservoir: number; rate: number };
  /**
   * Alarms (about 70 at $0.10 a month each: $7) and a dashboard ($3 a month). Alarms go to a topic and
   * by mail to the address. So does a warning when the account's month costs more than so many dollars.
   */
  alarms?: { address: string; dollarsAMonth: number };
  /**
   * Requests a second that the API takes, for long and in a burst; above it answers 429. Not more than
   * the account's quota, which in some regions is 2,500 and 1,250: API Gateway refuses a stage with more
   * (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html).
   */
  throttle: { rate: number; burst: number };
  /** Instances of every API function that the warmer keeps warm; 0: there is no warmer. */
  warm: number;
  /** Instances of every API function that are always initialised, and always paid for; 0: none. */
  provisioned: number;
  /**
   * Workers of each queue at the same time, 2 to 1,000. They protect the table, divide
   * `mailsPerSecond`, and reserve nothing: a new account has 10 concurrent executions for everything
   * (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html#events-sqs-max-concurrency).
   */
  workers: { chunks: number; notifications: number };
  /** Mail comes from this address, which SES verifies; without one it is logged only. */
  mailFrom: string;
  /**
   * Mails a second that SES accepts from this stage: the account's quota, less what others send. A new
   * account has 1. A value that is too high delays mails (SES throttles them), and loses none.
   */
  mailsPerSecond: number;
  /**
   * Mails a day (UTC) at most: about the pets of one caller, and to one address. Callers choose the
   * addresses, so these limit what anybody with a token can send to strangers.
   */
  mailLimits: { caller: number; recipient: number };
  /**
   * Tokens come from this OpenID provider, where there is one: its `iss`, and the `aud` or `client_id`
   * to be taken. Else from a Cognito user pool of the stage's own.
   */
  auth?: { issuer: string; audiences: string[] };
  /** Origins whose pages may call the API. */
  allowOrigins: string[];
}

const production = ({ mailFrom, alarmAddress, allowOrigins }: Settings): Stage => ({
  logRetention: "1 year",
  debugged: 0.01,
  traced: { reservoir: 1, rate: 0.05 },
  alarms: { address: alarmAddress, dollarsAMonth: 200 },
  throttle: { rate: 1_000, burst: 1_000 },
  warm: 2,
  provisioned: 0,
  workers: { chunks: 10, notifications: 5 },
  mailFrom,
  mailsPerSecond: 10,
  mailLimits: { caller: 50, recipient: 10 },
  allowOrigins,
});

/** Everybody's own stages: nothing in them is worth keeping. */
const personal: Stage = {
  logRetention: "1 week",
  debugged: 0,
  traced: { reservoir: 10, rate: 0.05 },
  throttle: { rate: 1_000, burst: 1_000 },
  warm: 0,
  provisioned: 0,
  workers: { chunks: 4, notifications: 2 },
  mailFrom: "",
  mailsPerSecond: 1,
  mailLimits: { caller: 50, recipient: 10 },
  allowOrigins: ["*"],
};

/** Everything runs here, the warmer and the mail too: the recorded mailbox stands in for SES. */
const offline: Stage = {
  ...personal,
  throttle: { rate: 10_000, burst: 5_000 },
  warm: 2,
  workers: { chunks: 10, notifications: 5 },
  mailFrom: "petstore@example.com",
  mailsPerSecond: 100,
};

export const stage = stageOf($app.stage);

function stageOf(name: string): Stage {
  if (name === "production") return production(readSettings(name, process.env));
  return name === "offline" ? offline : personal;
}
