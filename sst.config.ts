/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  app(input) {
    const production = input.stage === "production";
    return {
      name: "petstore",
      home: "aws",
      removal: production ? "retain" : "remove",
      protect: production,
      // A default region or account of the shell must not create a second, empty stage elsewhere.
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
    // First, so that nothing is created when a setting is missing.
    await import("./infra/stage");
    // Before what it protects.
    await import("./infra/protection");
    const { api } = await import("./infra/api");
    const { authOutputs } = await import("./infra/auth");
    await import("./infra/streams");
    await import("./infra/warmer");
    await import("./infra/traces");
    await import("./infra/dashboard");
    await import("./infra/source-maps");
    return { api: api.url, docs: $interpolate`${api.url}/api/docs`, ...authOutputs };
  },
});
