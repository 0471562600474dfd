import { Resource } from "sst";
import * as z from "zod";
import { parseCommandLine } from "./command-line.ts";

const help = `Usage: npm run token:aws -- [options]

Prints an access token of the stage's Operator client, whose scope is pets:admin.

  npx sst shell --stage production -- npm run --silent token:aws

  --help   print this text
`;

const Discovery = z.object({ token_endpoint: z.url() });
const TokenResponse = z.object({ access_token: z.string() });

async function main(): Promise<void> {
  const options = { help: { type: "boolean" } } as const;
  const { values } = parseCommandLine({ options }, "npm run token:aws -- --help");
  console.log(values.help ? help.trimEnd() : await requestToken());
}

/** The client credentials grant (RFC 6749, section 4.4) at the token endpoint of the user pool. */
async function requestToken(): Promise<string> {
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
  return access_token;
}

async function request(url: string, init?: RequestInit): Promise<unknown> {
  const response = await fetch(url, init);
  if (!response.ok)
    throw new Error(`${url} responded ${response.status}: ${await response.text()}`);
  return response.json();
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
