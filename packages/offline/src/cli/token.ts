import { join, resolve } from "node:path";
import * as z from "zod";
import { findEndpoint, findIssuer } from "../runtime/endpoint-file.ts";
import { TokenRequest } from "../services/cognito/grant.ts";
import { UserError } from "../util/user-error.ts";
import { parseCommandLine } from "./command-line.ts";

const help = `Usage: npm run --silent token -- [options]

Prints an access token of the Cognito user pool of the app that npm start runs.

  --sub <user>              user of the token: letters, digits and . _ : | @ + -
                            (default: none; the token is issued to the client)
  --scope <scopes>          scopes, separated by spaces (default: all scopes of the pool's
                            resource servers)
  --email <address>         verified e-mail address of the user, which the pool's trigger
                            receives; requires --sub
  --expires-in <seconds>    validity in seconds, at most 86400 (default: 3600)
  --stage <name>            stage that runs (default: offline)
  --state <folder>          folder of its data (default: .offline/<stage>)
  --help                    print this text

Example:
  npm run --silent token -- --sub alice --scope "pets:write"
`;

const TokenResponse = z.union([
  z.object({ access_token: z.string() }),
  z.object({ error_description: z.string() }),
]);

try {
  console.log(await main(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof UserError ? error.message : error);
  process.exitCode = 1;
}

async function main(args: string[]): Promise<string> {
  const { help: wantsHelp, stage, state, ...values } = parseArguments(args);
  if (wantsHelp) return help.trimEnd();
  const request = createTokenRequest(values);
  const issuer = findIssuer(findEndpoint(resolve(state ?? join(".offline", stage))));
  if (!issuer) throw new UserError("The app has no Cognito user pool, so it requires no tokens.");

  const response = TokenResponse.parse(await post(`${issuer}/oauth2/token`, request));
  if ("error_description" in response) throw new UserError(response.error_description);
  return response.access_token;
}

/**
 * Returns the form of a token request.
 *
 * @throws {UserError} An option has an invalid value.
 */
function createTokenRequest(values: Record<string, string>): URLSearchParams {
  const form = new URLSearchParams({ grant_type: "client_credentials" });
  for (const [name, value] of Object.entries(values)) form.set(name.replace("-", "_"), value);
  const [issue] = TokenRequest.safeParse(Object.fromEntries(form)).error?.issues ?? [];
  if (!issue) return form;
  throw new UserError(`--${String(issue.path[0]).replace("_", "-")} ${issue.message}.`);
}

async function post(url: string, body: URLSearchParams): Promise<unknown> {
  try {
    return await (await fetch(url, { method: "POST", body })).json();
  } catch (error) {
    throw new UserError(`${url} does not respond: run npm start again.`, { cause: error });
  }
}

function parseArguments(args: string[]) {
  return parseCommandLine(
    {
      args,
      options: {
        sub: { type: "string" },
        scope: { type: "string" },
        email: { type: "string" },
        "expires-in": { type: "string" },
        stage: { type: "string", default: "offline" },
        state: { type: "string" },
        help: { type: "boolean", default: false },
      },
    },
    "npm run token -- --help",
  ).values;
}
