import "./check-node.mjs";

// Types are stripped and code is compiled on the first start only: half of what a start costs.
process.getBuiltinModule("node:module").enableCompileCache();
await import("../src/cli/shell.ts");
