import { randomBytes, randomInt } from "node:crypto";

/** The credentials of one caller. */
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
}

/** The credential scope in a SigV4 `Authorization` header. */
export interface CredentialScope {
  accessKeyId: string;
  region: string;
  service: string;
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const CREDENTIAL = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request,/;

/** Creates random credentials in AWS's format. */
export function createCredentials(): Credentials {
  const id = Array.from({ length: 16 }, () => BASE32[randomInt(BASE32.length)]).join("");
  return { accessKeyId: `AKIA${id}`, secretAccessKey: randomBytes(30).toString("base64") };
}

/**
 * Parses a SigV4 `Authorization` header. Undefined: it is missing or malformed.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html
 */
export function parseAuthorization(header: string | undefined): CredentialScope | undefined {
  const match = header === undefined ? null : CREDENTIAL.exec(header);
  if (!match) return undefined;
  const [, accessKeyId, region, service] = match as unknown as [string, string, string, string];
  return { accessKeyId, region, service };
}
