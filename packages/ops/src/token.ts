import { Resource } from "sst";
import * as z from "zod";

/**
 * Prints an access token of the `Operator` client, whose scope is `pets:admin`: the client credentials
 * grant (RFC 6749, section 4.4) at the token endpoint of the stage's user pool.
 */
const Discovery = z.object({ token_endpoint: z.url() });
const TokenResponse = z.object({ access_token: z.string() });

const { token_endpoint } = Discovery.parse(
  await request(`${Resource.Auth.issuer}/.well-known/openid-configuration`),
);
const { id, secret } = Resource.Operator;
const { access_token } = TokenResponse.parse(
  await request(token_endpoint, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}` },
    body: new URLSearchParams({ grant_type: "client_credentials", client_id: id }),
  }),
);
console.log(access_token);

async function request(url: string, init?: RequestInit): Promise<unknown> {
  const response = await fetch(url, init);
  if (!response.ok)
    throw new Error(`${url} responded ${response.status}: ${await response.text()}`);
  return response.json();
}
