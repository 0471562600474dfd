import { functions } from "./function";

/**
 * Where SST keeps the source maps of every function, for `npm run symbolicate`: in its asset bucket,
 * in a folder per log group. They are not in the zips, where they would lengthen cold starts.
 */
new sst.Linkable("SourceMaps", {
  properties: {
    bucket: functions[0]?.fn.nodes.function.s3Bucket,
    functions: functions.map(({ name, fn }) => ({
      name,
      functionName: fn.name,
      logGroupArn: fn.nodes.logGroup.apply((logGroup) => logGroup?.arn),
    })),
  },
});
