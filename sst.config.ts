/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  app(input) {
    const production = input.stage === "production";
    return {
      name: "petstore",
      home: "aws",
      removal: production ? "retain" : "remove",
      protect: production,
    };
  },
  async run() {
    const { api } = await import("./infra/api");
    await import("./infra/streams");
    await import("./infra/warmer");
    await import("./infra/traces");
    await import("./infra/dashboard");
    return { url: api.url };
  },
});
