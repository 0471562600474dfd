/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  app(input) {
    return {
      name: "petstore",
      home: "aws",
      removal: input.stage === "production" ? "retain" : "remove",
      protect: input.stage === "production",
    };
  },
  async run() {
    await import("./infra/stage");
    await import("./infra/table");
    const { api } = await import("./infra/api");
    return { url: api.url };
  },
});
