import type { App, HttpApi } from "../graph/app.ts";
import { startGateway } from "../services/apigateway/gateway.ts";
import type { RequestRecord } from "../services/apigateway/request-record.ts";
import type { Issuer } from "../services/cognito/issuer.ts";
import type { Invoke } from "../services/lambda/invoke.ts";
import type { Keep } from "./aws.ts";

export interface GatewaysOptions {
  app: App;
  accountId: string;
  /** Of the first API; every further one takes the next. 0 takes any free ones. */
  port: number;
  /** The issuers of tokens here, by those that they stand for. */
  issuers: Issuer["urls"];
  invoke: Invoke;
  accessLog(line: string): void;
  /** An API has answered a request, by the function of that name if by any. */
  onRequest(record: RequestRecord, apiId: string, functionName: string | undefined): void;
}

/**
 * Starts a gateway for each API.
 *
 * @returns their base URLs, in the order of the graph
 * @throws UserError when a port cannot be had
 */
export async function startGateways(options: GatewaysOptions, keep: Keep): Promise<string[]> {
  const { app, accountId, port, issuers, invoke, accessLog, onRequest } = options;
  const names = new Map(app.functions.map(({ arn, name }) => [arn, name]));
  const urls: string[] = [];
  for (const [index, api] of app.apis.entries()) {
    const gateway = keep(
      await startGateway({
        api: withIssuers(issuers, api),
        port: port && port + index,
        accountId,
        invoke,
        accessLog,
        onRequest: (record) => onRequest(record, api.apiId, names.get(record.functionArn ?? "")),
      }),
    );
    urls.push(gateway.url);
  }
  return urls;
}

/** An API that takes the tokens of the issuers here; those of others it takes as it did. */
const withIssuers = (issuers: Issuer["urls"], api: HttpApi): HttpApi => ({
  ...api,
  authorizers: api.authorizers.map((authorizer) => ({
    ...authorizer,
    issuer: issuers[authorizer.issuer] ?? authorizer.issuer,
  })),
});
