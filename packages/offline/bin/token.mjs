import "./check-node.mjs";

await import("../src/issuer/cli.ts");
