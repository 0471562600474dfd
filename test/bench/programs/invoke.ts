/**
 * Runs one function's bundle without a Lambda runtime: invokes the handler as often as each message says,
 * and replies with the CPU time (user and system) in microseconds.
 */
const [bundle, eventJson = "{}", sampled] = process.argv.slice(2);
const { handler } = await import(bundle as string);

process.on("message", async (invocations: number) => {
  const before = process.cpuUsage();
  for (let n = 0; n < invocations; n++) {
    const id = n.toString(16).padStart(24, "0");
    process.env._X_AMZN_TRACE_ID = `Root=1-67000000-${id};Parent=53995c3f42cd8ad8;Sampled=${sampled}`;
    const result = await handler(JSON.parse(eventJson), { awsRequestId: id });
    if (result.statusCode !== 200 && !result.Item) throw new Error(JSON.stringify(result));
  }
  const { user, system } = process.cpuUsage(before);
  process.send?.(user + system);
});
process.send?.("ready");
