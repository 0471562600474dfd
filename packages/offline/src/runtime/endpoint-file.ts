import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { openStateFile } from "../state/state-file.ts";
import { UserError } from "../util/user-error.ts";

const EndpointFile = z.object({
  url: z.url(),
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
  /** Base URLs of the APIs, in the order of the graph. */
  appUrls: z.array(z.url()),
  /** Local URLs, by the URLs on AWS that they replace. */
  localUrls: z.record(z.string(), z.url()),
});

/** What commands need to reach a running runtime: its AWS endpoint with credentials, and its URLs. */
export type EndpointFile = z.infer<typeof EndpointFile>;

const pathIn = (stateDirectory: string) => join(stateDirectory, "endpoint.json");

/** Writes the file into the state folder; closing removes it. */
export function publishEndpoint(stateDirectory: string, endpoint: EndpointFile) {
  const path = pathIn(stateDirectory);
  openStateFile(path, () => writeFileSync(path, `${JSON.stringify(endpoint)}\n`, { mode: 0o600 }));
  return { close: async () => rmSync(path, { force: true }) };
}

/**
 * Reads the file of the runtime that uses a state folder.
 *
 * @throws {UserError} no runtime uses it
 */
export function findEndpoint(stateDirectory: string): EndpointFile {
  try {
    return EndpointFile.parse(JSON.parse(readFileSync(pathIn(stateDirectory), "utf8")));
  } catch {
    throw new UserError(`Nothing runs with the state ${stateDirectory}: run npm start first.`);
  }
}

/** Returns the local URL of the app's first Cognito user pool, as issuer of tokens. */
export function findIssuer({ localUrls }: EndpointFile): string | undefined {
  return Object.entries(localUrls).find(([url]) => url.startsWith("https://cognito-idp."))?.[1];
}
