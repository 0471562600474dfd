// Plain JavaScript, so that a Node too old for the rest gets as far as being told.
const needed = 24;
const major = Number(process.versions.node.split(".")[0]);
if (major >= needed) {
  // Types are stripped and code is compiled on the first start only: half of what a start costs.
  process.getBuiltinModule("node:module").enableCompileCache();
  await import("../src/cli.ts");
} else {
  console.error(
    `This needs Node ${needed} or newer and runs on ${process.version}: install Node ${needed}, then run npm ci again.`,
  );
  process.exitCode = 1;
}
