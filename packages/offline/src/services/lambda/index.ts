import { defineService } from "../../runtime/service.ts";
import {
  isFunctionOf,
  type LambdaResources,
  readEventSourceMappings,
  readFunctions,
} from "./resources.ts";

/** Lambda: functions and event source mappings. */
export const lambda = defineService<LambdaResources>({
  name: "lambda",
  resourceTypes: {
    "aws:lambda/alias:Alias": {
      isSupported: false,
      outputs: ({ input, physicalName }) => ({ arn: `${input("functionName")}:${physicalName}` }),
    },
    "aws:lambda/eventSourceMapping:EventSourceMapping": {
      outputs: ({ arn, uid }) => ({
        id: uid,
        uuid: uid,
        arn: arn("lambda", `event-source-mapping:${uid}`),
      }),
    },
    "aws:lambda/function:Function": {
      // Functions whose code SST does not bundle, such as container images, do not run offline.
      isSupported: (resource, { builds }) => builds.some((build) => isFunctionOf(resource, build)),
      outputs({ arn, physicalName, region }) {
        const functionArn = arn("lambda", `function:${physicalName}`);
        const path = `arn:aws:apigateway:${region}:lambda:path`;
        return {
          arn: functionArn,
          invokeArn: `${path}/2015-03-31/functions/${functionArn}/invocations`,
          responseStreamingInvokeArn: `${path}/2021-11-15/functions/${functionArn}/response-streaming-invocations`,
          qualifiedArn: `${functionArn}:$LATEST`,
          version: "$LATEST",
        };
      },
    },
    "aws:lambda/functionUrl:FunctionUrl": {
      isSupported: false,
      outputs: ({ input, region, uid }) => ({
        id: input("functionName"),
        urlId: uid,
        functionUrl: `https://${uid}.lambda-url.${region}.on.aws/`,
      }),
    },
    "aws:lambda/permission:Permission": {},
    "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig": {},
  },
  readResources(graph) {
    const functions = readFunctions(graph);
    if (functions.length === 0) return undefined;
    return { functions, mappings: readEventSourceMappings(graph) };
  },
  functions: ({ functions }) => functions,
  // Lambda names a role session after its function.
  principals: ({ functions }) =>
    functions.map(({ name, roleArn, functionName }) => ({
      ...{ name, roleArn, sessionName: functionName },
    })),
  start: async (context) => (await import("./start.ts")).start(context),
});
