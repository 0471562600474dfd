import { findUnsupported } from "@petstore/offline/runtime/unsupported";
import { services } from "@petstore/offline/services/index";
import { describe, expect, it } from "vitest";
import {
  jwtAuthorizer,
  sampleAuthorizer,
  sampleGraph,
  sampleResource,
} from "../../support/sample-graph.ts";

describe("findUnsupported", () => {
  it("lists unsupported resources by type, without mere configuration", () => {
    const unsupported = findUnsupported(
      sampleGraph(
        sampleResource("aws:iam/role:Role", "GetItemRole", {
          name: "role",
          arn: "arn:aws:iam::1:role/role",
        }),
        sampleResource("aws:sns/topic:Topic", "JobsQueue"),
        sampleResource("aws:sns/topic:Topic", "DeadQueue"),
        sampleResource("aws:lambda/function:Function", "Unbundled"),
        sampleResource("aws:apigatewayv2/api:Api", "Socket", { protocolType: "WEBSOCKET" }),
        jwtAuthorizer,
        sampleAuthorizer("AskFunction", { authorizerType: "REQUEST" }),
        sampleResource("aws:apigatewayv2/route:Route", "Signed", {
          apiId: "api1",
          routeKey: "GET /signed",
          target: "integrations/int1",
          authorizationType: "AWS_IAM",
        }),
      ),
      services,
    );
    expect(unsupported).toEqual([
      { type: "aws:sns/topic:Topic", names: ["JobsQueue", "DeadQueue"] },
      { type: "aws:lambda/function:Function", names: ["Unbundled"] },
      { type: "aws:apigatewayv2/api:Api", names: ["Socket"] },
      { type: "aws:apigatewayv2/authorizer:Authorizer", names: ["AskFunction"] },
      { type: "aws:apigatewayv2/route:Route", names: ["Signed"] },
    ]);
  });
});
