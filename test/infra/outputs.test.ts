import { describe, expect, it } from "vitest";
import { graphOf } from "../support/graph.ts";

describe.each([
  ["offline", "http%3A%2F%2Flocalhost%3A3000"],
  ["production", "https%3A%2F%2Fpetstore.test"],
])("the outputs of %s", (stage, redirectUri) => {
  const { all, outputs } = graphOf(stage);
  const clients = new Map(
    all("aws:cognito/userPoolClient:UserPoolClient").map(({ name, id }) => [name, id]),
  );

  it("have the URLs, clients and command that a first token needs", () => {
    const [{ id } = { id: "" }] = all("aws:apigatewayv2/api:Api");
    const url = `https://${id}.execute-api.us-east-1.amazonaws.com`;

    expect(outputs).toEqual({
      api: url,
      docs: `${url}/api/docs`,
      signIn: `https://petstore-${stage}-123456789012.auth.us-east-1.amazoncognito.com/login?response_type=code&client_id=${clients.get("WebClient")}&redirect_uri=${redirectUri}`,
      webClient: clients.get("WebClient"),
      operatorClient: clients.get("OperatorClient"),
      token: `npx sst shell --stage ${stage} -- npm run --silent token:aws`,
    });
  });
});
