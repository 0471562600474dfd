import { Resource } from "sst";
import * as z from "zod";
import { runCommand } from "./command.ts";

const help = `Usage: npm run --silent token:aws -- [options]

Prints an access token with the scope pets:admin, for the user pool's client "Operator".

Options:
  --help   Print this text.

Example, for a deployed stage:
  npx sst shell --stage production -- npm run --silent token:aws
`;

const Discovery = z.object({ token_endpoint: z.url() });
const TokenResponse = z.object({ access_token: z.string() });

await runCommand({ name: "token:aws", help }, async () => console.log(await requestToken()));

/** Requests a token with the client credentials grant (RFC 6749, section 4.4). */
async function requestToken(): Promise<string> {
  const { token_endpoint } = Discovery.parse(
    await fetchJson(`${Resource.Auth.issuer}/.well-known/openid-configuration`),
  );
  const { id, secret } = Resource.Operator;
  const { access_token } = TokenResponse.parse(
    await fetchJson(token_endpoint, {
      method: "POST",
      headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}` },
      body: new URLSearchParams({ grant_type: "client_credentials", client_id: id }),
    }),
  );
  return access_token;
}

async function fetchJson(url: string, init?: RequestInit): Promise<unknown> {
  const response = await fetch(url, init);
  if (!response.ok) {
    throw new Error(`${url} responded with ${response.status}: ${await response.text()}`);
  }
  return response.json();
}
