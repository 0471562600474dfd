import "./check-node.mjs";

await import("../src/cli.ts");
