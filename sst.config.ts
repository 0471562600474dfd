/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  app(input) {
    const production = input.stage === "production";
    return {
      name: "petstore",
      home: "aws",
      removal: production ? "retain" : "remove",
      protect: production,
      // With the shell's default region or account, a deployment could create a second, empty stage.
      providers: {
        aws: {
          region: process.env.PETSTORE_REGION || "us-east-1",
          ...(process.env.PETSTORE_ACCOUNT && {
            allowedAccountIds: [process.env.PETSTORE_ACCOUNT],
          }),
        },
      },
    };
  },
  async run() {
    // First: it stops when a setting is missing, and protects the resources that follow.
    await import("./infra/stage");
    const { api } = await import("./infra/api");
    const { authOutputs } = await import("./infra/auth");
    await import("./infra/streams");
    await import("./infra/warmer");
    await import("./infra/dashboard");
    // Last: it lists all functions.
    await import("./infra/diagnostics");
    return { api: api.url, docs: $interpolate`${api.url}/api/docs`, ...authOutputs };
  },
});
