import { existsSync, readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { basename } from "node:path";
import { GetObjectCommand, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import { Resource } from "sst";
import * as z from "zod";

/** The link that infra/diagnostics.ts declares: where SST stores the functions' source maps. */
const Link = z.object({
  bucket: z.string(),
  functions: z.array(
    z.object({ name: z.string(), functionName: z.string(), logGroupArn: z.string() }),
  ),
});

/** Returns the source map next to a local bundle, or undefined if there is none. */
export function readLocalMap(file: string): SourceMap | undefined {
  return existsSync(`${file}.map`)
    ? parseSourceMap(readFileSync(`${file}.map`, "utf8"))
    : undefined;
}

/**
 * Returns the source map of a deployed function's bundle. Each deployment that changes the function
 * uploads one as `sourcemap/<ARN of its log group>/<hash>.<bundle>.map`, and SST deletes none
 * (`createZipAsset` in `platform/src/components/aws/function.ts` of SST 4.17).
 *
 * @param functionName the name in the app (`GetPet`) or the physical name
 * @param file the bundle's path on Lambda, for example `/var/task/bundle.mjs`
 * @param time when the function ran; the default selects the newest map
 * @throws {Error} The stage is not linked, or there is no such function or map.
 */
export async function downloadMap(
  functionName: string,
  file: string,
  time = new Date(),
): Promise<SourceMap> {
  const { bucket: Bucket, functions } = readLink();
  const fn = functions.find((fn) => [fn.name, fn.functionName].includes(functionName));
  if (!fn) {
    const names = functions.map(({ name }) => name).join(", ");
    throw new Error(`There is no function ${functionName}: choose one of ${names}.`);
  }

  const client = new S3Client();
  const maps: { Key: string; LastModified: Date }[] = [];
  const Prefix = `sourcemap/${fn.logGroupArn}/`;
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix })) {
    for (const { Key, LastModified } of Contents) {
      if (Key?.endsWith(`.${basename(file)}.map`) && LastModified) maps.push({ Key, LastModified });
    }
  }
  const [newest] = maps
    .filter(({ LastModified }) => LastModified <= time)
    .sort((a, b) => b.LastModified.getTime() - a.LastModified.getTime());
  if (!newest) {
    throw new Error(
      `There is no source map of ${fn.name} in s3://${Bucket}/${Prefix}: deploy it again.`,
    );
  }
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: newest.Key }));
  return parseSourceMap((await Body?.transformToString()) ?? "");
}

function readLink(): z.output<typeof Link> {
  try {
    return Link.parse(Resource.SourceMaps);
  } catch (cause) {
    const command = "npx sst shell --stage <stage> -- npm run symbolicate";
    throw new Error(`The stage's source maps are not linked: run ${command}.`, { cause });
  }
}

const parseSourceMap = (json: string) => new SourceMap(JSON.parse(json));
