import { defineService } from "../../runtime/service.ts";
import { isIamRoute, isJwtAuthorizer } from "./authorization.ts";
import { findIntegratedFunction, type HttpApi, isHttpApi, readHttpApis } from "./resources.ts";

/** API Gateway HTTP APIs. */
export const apigateway = defineService<HttpApi[]>({
  name: "apigateway",
  resourceTypes: {
    "aws:apigatewayv2/api:Api": {
      isSupported: isHttpApi,
      outputs: ({ arn, region, uid }) => ({
        id: uid,
        arn: `arn:aws:apigateway:${region}::/apis/${uid}`,
        apiEndpoint: `https://${uid}.execute-api.${region}.amazonaws.com`,
        executionArn: arn("execute-api", uid),
      }),
    },
    "aws:apigatewayv2/authorizer:Authorizer": {
      isSupported: isJwtAuthorizer,
      outputs: ({ uid }) => ({ id: uid }),
    },
    "aws:apigatewayv2/integration:Integration": {
      isSupported: (resource) => Boolean(findIntegratedFunction(resource)),
      outputs: ({ uid }) => ({ id: uid }),
    },
    "aws:apigatewayv2/route:Route": {
      isSupported: (resource) => !isIamRoute(resource),
      outputs: ({ uid }) => ({ id: uid }),
    },
    "aws:apigatewayv2/stage:Stage": {
      outputs: ({ arn, input, physicalName, region }) => ({
        arn: `arn:aws:apigateway:${region}::/apis/${input("apiId")}/stages/${physicalName}`,
        executionArn: arn("execute-api", `${input("apiId")}/${physicalName}`),
        invokeUrl: `https://${input("apiId")}.execute-api.${region}.amazonaws.com/`,
      }),
    },
  },
  readResources(graph) {
    const apis = readHttpApis(graph);
    return apis.length > 0 ? apis : undefined;
  },
  countPorts: (apis) => apis.length,
  start: async (context) => (await import("./start.ts")).start(context),
});
