// Plain JavaScript, so that a Node too old for the rest gets as far as being told.
const needed = 24;
if (Number(process.versions.node.split(".")[0]) < needed) {
  console.error(
    `This needs Node ${needed} or newer and runs on ${process.version}: install Node ${needed}, then run npm ci again.`,
  );
  process.exit(1);
}
