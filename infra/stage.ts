/** What differs between stages, and nothing else does. */
interface StagePolicy {
  /** Logs are kept this long, and then deleted. */
  logRetention: sst.aws.FunctionArgs["logging"] extends unknown ? "1 week" | "1 year" : never;
  /** Requests a second the API takes, sustained and in a burst; above it answers 429. */
  throttle: { rate: number; burst: number };
  /** Origins whose pages may call the API. */
  allowOrigins: string[];
}

const production: StagePolicy = {
  logRetention: "1 year",
  throttle: { rate: 1_000, burst: 2_000 },
  allowOrigins: ["https://petstore.example.com"],
};

const development: StagePolicy = {
  logRetention: "1 week",
  throttle: { rate: 10_000, burst: 5_000 },
  allowOrigins: ["*"],
};

export const stage = $app.stage === "production" ? production : development;

// Every function of the app, whoever declares it.
$transform(sst.aws.Function, (args) => {
  args.architecture ??= "arm64";
  args.memory ??= "1024 MB";
  args.timeout ??= "10 seconds";
  args.logging ??= { format: "json", retention: stage.logRetention };
});
