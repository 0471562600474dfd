import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { Resource } from "sst";
import { runCommand } from "./command.ts";

const help = `Usage: npm run warm -- [options]

Starts warm instances of every API function now, without waiting for the schedule (every 5 minutes).
It invokes the Warmer function of the app that "npm start" runs.

Options:
  --help   Print this text.
`;

await runCommand({ name: "warm", help }, async () => {
  const { FunctionError, Payload } = await new LambdaClient().send(
    new InvokeCommand({ FunctionName: Resource.Warmer.name }),
  );
  if (FunctionError) {
    throw new Error(`The Warmer function failed: ${Payload?.transformToString()}`);
  }
  console.log("Every API function is warm.");
});
