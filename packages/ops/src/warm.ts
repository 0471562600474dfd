import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { Resource } from "sst";
import { parseCommandLine } from "./command-line.ts";

const help = `Usage: npm run warm -- [options]

Invokes the warmer now, instead of at its next scheduled time.

  --help   print this text
`;

async function main(): Promise<void> {
  const options = { help: { type: "boolean" } } as const;
  const { values } = parseCommandLine({ options }, "npm run warm -- --help");
  if (values.help) return console.log(help.trimEnd());
  const { FunctionError, Payload } = await new LambdaClient().send(
    new InvokeCommand({ FunctionName: Resource.Warmer.name }),
  );
  if (FunctionError) throw new Error(`The warmer failed: ${Payload?.transformToString()}`);
  console.log("Every API function is warm.");
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
