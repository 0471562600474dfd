import { stage } from "./stage";

/** Of the credential chain, Lambda uses only the environment: the other providers stay out of bundles. */
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
 * The AWS SDK loads these on demand, for responses that are event streams. Without them in the bundle,
 * the rest of the SDK is not wrapped for loading on demand. The client of Lambda imports them at once.
 */
const eventStreams = "@smithy/core/event-streams";

/** AWS does not support resource ARNs for these actions. */
const writeTraces = sst.aws.permission({
  actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
  resources: ["*"],
});

/**
 * Only Lambda may assume a deployed function's role. SST intends to allow the account's principals in
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

/** All functions, for alarms, dashboard and source maps. */
export const functions: { name: string; fn: sst.aws.Function }[] = [];

/**
 * Returns a timeout in seconds. In `sst dev` it is Lambda's maximum, because functions run on the
 * developer's machine, where breakpoints pause them.
 */
export const timeoutSeconds = (seconds: number) => ($dev ? 15 * 60 : seconds);

/** Creates a function with the settings that all functions have. Its links are its only permissions. */
export function createFunction(
  name: string,
  {
    timeoutSeconds: seconds = 10,
    readsEventStreams = false,
    ...args
  }: Pick<sst.aws.FunctionArgs, "handler" | "link" | "concurrency" | "versioning" | "copyFiles"> & {
    timeoutSeconds?: number;
    /** Whether its bundle needs the SDK's event streams. */
    readsEventStreams?: boolean;
  },
): sst.aws.Function {
  const fn = new sst.aws.Function(name, {
    runtime: "nodejs24.x",
    architecture: "arm64",
    memory: "1024 MB",
    timeout: `${timeoutSeconds(seconds)} seconds`,
    // Powertools writes JSON itself. Lambda's JSON format would set AWS_LAMBDA_LOG_LEVEL, which
    // overrides Powertools' level: INFO would log no debug line, DEBUG would log all of them
    // (https://docs.aws.amazon.com/powertools/typescript/latest/features/logger/).
    logging: { format: "text", retention: stage.logRetention },
    environment: {
      POWERTOOLS_SERVICE_NAME: $app.name,
      POWERTOOLS_METRICS_NAMESPACE: $app.name,
      // Powertools samples when a random whole percent, 0 to 99, is at most the rate: 0.01 would be 2 %.
      POWERTOOLS_LOGGER_SAMPLE_RATE: String(Math.max(0, stage.debugLogRate - 0.005)),
      STAGE: $app.stage,
    },
    permissions: [writeTraces],
    // These shorten cold starts, but lengthen builds, which `sst dev` waits for.
    nodejs: $dev
      ? {}
      : {
          minify: true,
          esbuild: {
            keepNames: false,
            external: readsEventStreams
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
}
