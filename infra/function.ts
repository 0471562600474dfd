import { stage } from "./stage";

/** Of the whole credential chain Lambda uses one provider, the environment: the others stay out. */
const credentialProviders = [
  "@aws-sdk/credential-provider-sso",
  "@aws-sdk/credential-provider-ini",
  "@aws-sdk/credential-provider-http",
  "@aws-sdk/credential-provider-process",
  "@aws-sdk/credential-provider-web-identity",
  "@aws-sdk/credential-provider-login",
  "@smithy/credential-provider-imds",
];

/**
 * The AWS SDK loads these only for answers that are event streams. Left out, the rest of it need not
 * be wrapped for loading late; but Lambda's own client has such answers, and wants them at once.
 */
const eventStreams = "@smithy/core/event-streams";

/** Actions that AWS does not let anybody narrow to a resource. */
const tracing = sst.aws.permission({
  actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
  resources: ["*"],
});

/**
 * Deployed, only Lambda may assume a function's role. SST means to let in the account's principals in
 * `sst dev` only, but 4.17.1 tests `!dev` of an `Output`, which is never true: `createRole` in
 * https://github.com/anomalyco/sst/blob/dev/platform/src/components/aws/function.ts
 */
const assumeRolePolicy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "lambda.amazonaws.com" },
      Action: "sts:AssumeRole",
    },
  ],
});

/**
 * Seconds that a function may take. `sst dev` runs it on the developer's machine, where a breakpoint
 * stops it: as long as Lambda allows.
 */
export const timeoutOf = (seconds: number) => ($dev ? 15 * 60 : seconds);

/** All functions, for whatever is to be done for each. */
export const functions: { name: string; fn: sst.aws.Function }[] = [];

/** A function as all of them are. Its links are all that it may do. */
export const lambda = (
  name: string,
  {
    withEventStreams = false,
    seconds = 10,
    ...args
  }: Pick<sst.aws.FunctionArgs, "handler" | "link" | "concurrency" | "versioning" | "copyFiles"> & {
    withEventStreams?: boolean;
    /** Timeout; see {@link timeoutOf}. */
    seconds?: number;
  },
) => {
  const fn = new sst.aws.Function(name, {
    runtime: "nodejs24.x",
    architecture: "arm64",
    memory: "1024 MB",
    timeout: `${timeoutOf(seconds)} seconds`,
    // Powertools writes JSON by itself. Lambda's JSON format would set AWS_LAMBDA_LOG_LEVEL, which
    // overrides Powertools' level: INFO would log no debug line, DEBUG would log all of them
    // (https://docs.aws.amazon.com/powertools/typescript/latest/features/logger/).
    logging: { format: "text", retention: stage.logRetention },
    environment: {
      POWERTOOLS_SERVICE_NAME: $app.name,
      POWERTOOLS_METRICS_NAMESPACE: $app.name,
      // Powertools samples when a random whole percent, 0 to 99, is at most the rate: 0.01 would be 2 %.
      POWERTOOLS_LOGGER_SAMPLE_RATE: String(Math.max(0, stage.debugged - 0.005)),
      STAGE: $app.stage,
    },
    permissions: [tracing],
    // They make cold starts shorter, and builds longer, which `sst dev` waits for.
    nodejs: $dev
      ? {}
      : {
          minify: true,
          esbuild: {
            keepNames: false,
            external: withEventStreams
              ? credentialProviders
              : [...credentialProviders, eventStreams],
          },
          plugins: "infra/bundle/plugins.mjs",
        },
    transform: {
      function: { tracingConfig: { mode: "Active" } },
      role: $dev ? {} : { assumeRolePolicy },
    },
    ...args,
  });
  functions.push({ name, fn });
  return fn;
};
