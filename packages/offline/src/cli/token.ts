import { join, resolve } from "node:path";
import * as z from "zod";
import { findEndpoint, findIssuer } from "../runtime/endpoint-file.ts";
import { TokenRequest } from "../services/cognito/grant.ts";
import { UserError } from "../util/user-error.ts";
import { parseCommandLine } from "./command-line.ts";

const help = `Usage: npm run --silent token -- [options]

Prints an access token of the user pool of the app that "npm start" runs.

  --sub <user>              whose token it is: letters, digits and . _ : | @ + - (default: the
                            client's own)
  --scope <scopes>          separated by spaces (default: all of the resource servers')
  --email <address>         the user's verified address, for the user pool's trigger; needs --sub
  --expires-in <seconds>    how long it is valid (default 3600, at most 86400)
  --stage <name>            stage that runs (default offline)
  --state <folder>          its state (default .offline/<stage>)
  --help                    print this text
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
  const { help: wantsHelp, stage, state, ...values } = readArgs(args);
  if (wantsHelp) return help.trimEnd();
  const request = requestOf(values);
  const issuer = findIssuer(findEndpoint(resolve(state ?? join(".offline", stage))));
  if (!issuer) throw new UserError("The app has no Cognito user pool: it takes no tokens.");

  const answer = TokenResponse.parse(await post(`${issuer}/oauth2/token`, request));
  if ("error_description" in answer) throw new UserError(answer.error_description);
  return answer.access_token;
}

/** The form to send, or an error that names the option. */
function requestOf(values: Record<string, string>): URLSearchParams {
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
    throw new UserError(`${url} does not answer: run npm start again.`, { cause: error });
  }
}

function readArgs(args: string[]) {
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
