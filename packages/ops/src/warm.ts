import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { Resource } from "sst";

/** Invokes the warmer now, instead of at its next turn. */
const { FunctionError, Payload } = await new LambdaClient().send(
  new InvokeCommand({ FunctionName: Resource.Warmer.name }),
);
if (FunctionError) {
  console.error(`The warmer failed: ${Payload?.transformToString()}`);
  process.exitCode = 1;
} else {
  console.log("Every API function is warm.");
}
