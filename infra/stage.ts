/** What differs between stages. Removal and protection of the whole app are in sst.config.ts. */
interface Stage {
  /** Logs are kept this long, and then deleted. */
  logRetention: "1 week" | "1 year";
  /** Requests a second that the API takes, for long and in a burst; above it answers 429. */
  throttle: { rate: number; burst: number };
  /** Origins whose pages may call the API. */
  allowOrigins: string[];
}

const production: Stage = {
  logRetention: "1 year",
  throttle: { rate: 1_000, burst: 2_000 },
  allowOrigins: ["https://petstore.example.com"],
};

/** Everybody's own stages: nothing in them is worth keeping. */
const personal: Stage = {
  logRetention: "1 week",
  throttle: { rate: 10_000, burst: 5_000 },
  allowOrigins: ["*"],
};

export const stage = $app.stage === "production" ? production : personal;
