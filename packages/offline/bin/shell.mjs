import "./check-node.mjs";

await import("../src/shell/cli.ts");
