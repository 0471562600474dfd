import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { docsFiles, getDocsFile } from "@petstore/core/contract/docs";
import { prefersGzip } from "../http/content-coding.ts";
import { hasAlready } from "../http/preconditions.ts";
import { cached, contentTag, notModified, ok } from "../http/responses.ts";
import { serve } from "../http/serve.ts";

type FileName = keyof typeof docsFiles;

/** Infrastructure puts the files beside the code (`copyFiles`). */
function load(name: FileName) {
  const content = readFileSync(join(import.meta.dirname, name));
  return { content, gzip: gzipSync(content), etag: contentTag(content) };
}
type File = ReturnType<typeof load>;

/** Each is read and compressed once, when it is first asked for. */
const loaded = new Map<FileName, File>();

function fileOf(name: FileName): File {
  const file = loaded.get(name) ?? load(name);
  loaded.set(name, file);
  return file;
}

export const handler = serve(getDocsFile, async ({ params, headers: sent }) => {
  const { content, gzip, etag } = fileOf(params.file);
  const headers = { ...cached(etag), vary: "accept-encoding" } as const;
  if (hasAlready(sent, etag)) return notModified(headers);
  const compressed = prefersGzip(sent["accept-encoding"]);
  return ok(compressed ? gzip : content, {
    ...headers,
    "content-type": `${docsFiles[params.file]}; charset=utf-8`,
    "x-content-type-options": "nosniff",
    ...(compressed && { "content-encoding": "gzip" }),
  });
});
