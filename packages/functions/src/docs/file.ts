import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { docsFiles, getDocsFile } from "@petstore/core/contract/docs";
import { prefersGzip } from "../http/content-coding.ts";
import { matchesIfNoneMatch } from "../http/preconditions.ts";
import { contentTagOf, notModified, ok, toCacheHeaders } from "../http/responses.ts";
import { serve } from "../http/serve.ts";

type FileName = keyof typeof docsFiles;

/** Reads a file from the folder of the code, where infrastructure copies it (`copyFiles`). */
function loadFile(name: FileName) {
  const content = readFileSync(join(import.meta.dirname, name));
  return { content, gzip: gzipSync(content), etag: contentTagOf(content) };
}
type File = ReturnType<typeof loadFile>;

/** Each file is read and compressed once, at its first request. */
const loaded = new Map<FileName, File>();

function fileOf(name: FileName): File {
  const file = loaded.get(name) ?? loadFile(name);
  loaded.set(name, file);
  return file;
}

export const handler = serve(getDocsFile, async ({ params, headers: requestHeaders }) => {
  const { content, gzip, etag } = fileOf(params.file);
  const headers = { ...toCacheHeaders(etag), vary: "accept-encoding" } as const;
  if (matchesIfNoneMatch(requestHeaders, etag)) return notModified(headers);
  const isCompressed = prefersGzip(requestHeaders["accept-encoding"]);
  return ok(isCompressed ? gzip : content, {
    ...headers,
    "content-type": `${docsFiles[params.file]}; charset=utf-8`,
    "x-content-type-options": "nosniff",
    ...(isCompressed && { "content-encoding": "gzip" }),
  });
});
