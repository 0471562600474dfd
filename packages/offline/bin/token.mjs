import "./check-node.mjs";

await import("../src/cli/token.ts");
