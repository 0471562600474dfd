import { stage } from "./stage";

/**
 * Of the whole credential chain Lambda uses one provider, the environment. The others stay out of
 * the bundle: nothing ever imports them there.
 */
const unusedCredentialProviders = [
  "@aws-sdk/credential-provider-sso",
  "@aws-sdk/credential-provider-ini",
  "@aws-sdk/credential-provider-http",
  "@aws-sdk/credential-provider-process",
  "@aws-sdk/credential-provider-web-identity",
  "@aws-sdk/credential-provider-login",
  "@smithy/credential-provider-imds",
];

/** Actions that AWS does not let anybody narrow to a resource. */
const tracing = sst.aws.permission({
  actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
  resources: ["*"],
});

/** What every function of the app has in common. Its links are all that it may do. */
export const lambda = (name: string, args: sst.aws.FunctionArgs) =>
  new sst.aws.Function(name, {
    runtime: "nodejs24.x",
    architecture: "arm64",
    memory: "1024 MB",
    timeout: "10 seconds",
    logging: { format: "json", retention: stage.logRetention },
    environment: { POWERTOOLS_SERVICE_NAME: $app.name },
    permissions: [tracing],
    nodejs: {
      minify: true,
      esbuild: { keepNames: false, external: unusedCredentialProviders },
      plugins: "infra/bundle/require-builtins.mjs",
    },
    transform: { function: { tracingConfig: { mode: "Active" } } },
    ...args,
  });
