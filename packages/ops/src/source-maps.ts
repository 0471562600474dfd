import { existsSync, readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { basename } from "node:path";
import { GetObjectCommand, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import { Resource } from "sst";
import * as z from "zod";

/** Where SST keeps the source maps of the deployed functions: infra/source-maps.ts. */
const Deployed = z.object({
  bucket: z.string(),
  functions: z.array(
    z.object({ name: z.string(), functionName: z.string(), logGroupArn: z.string() }),
  ),
});

/** Returns the source map beside a bundle on this disk, if there is one. */
export function readLocalMap(file: string): SourceMap | undefined {
  return existsSync(`${file}.map`) ? toSourceMap(readFileSync(`${file}.map`, "utf8")) : undefined;
}

/**
 * Returns the source map of a deployed function's bundle. SST uploads one for each deployment that
 * changed the function, as `sourcemap/<ARN of its log group>/<hash>.<bundle>.map`, and keeps them
 * (`createZipAsset` in `platform/src/components/aws/function.ts` of SST 4.17).
 *
 * @param functionName its name in the app (`GetPet`), or its physical name.
 * @param file the bundle's path on Lambda, for example `/var/task/bundle.mjs`.
 * @param time when the function ran. Without it, the map is that of the newest code.
 * @throws {Error} when the stage's links are not known, or there is no such function or map.
 */
export async function downloadMap(
  functionName: string,
  file: string,
  time = new Date(),
): Promise<SourceMap> {
  const { bucket: Bucket, functions } = deployed();
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
    throw new Error(`There is no source map of ${fn.name} in s3://${Bucket}/${Prefix}.`);
  }
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: newest.Key }));
  return toSourceMap((await Body?.transformToString()) ?? "");
}

function deployed(): z.output<typeof Deployed> {
  try {
    return Deployed.parse(Resource.SourceMaps);
  } catch (cause) {
    const command = "npx sst shell --stage <stage> -- npm run symbolicate";
    throw new Error(`The stage's source maps are not known: run ${command}`, { cause });
  }
}

const toSourceMap = (json: string) => new SourceMap(JSON.parse(json));
