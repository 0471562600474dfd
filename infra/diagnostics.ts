import { functions } from "./function";
import { stage } from "./stage";

/**
 * The requests that X-Ray traces. A sampling decision in the caller's trace header takes precedence;
 * without one, Lambda asks X-Ray (https://docs.aws.amazon.com/lambda/latest/api/API_TracingConfig.html).
 * Lambda's guide says that its rate is always one request a second and 5 %, the rule of production:
 * check on AWS before you rely on another rate.
 */
new aws.xray.SamplingRule("Traced", {
  ruleName: `${$app.name}-${$app.stage}`.slice(0, 32),
  priority: 1_000,
  version: 1,
  reservoirSize: stage.traceSampling.reservoir,
  fixedRate: stage.traceSampling.rate,
  serviceName: `${$app.name}-${$app.stage}-*`,
  serviceType: "*",
  resourceArn: "*",
  host: "*",
  httpMethod: "*",
  urlPath: "*",
});

/**
 * Tells `npm run symbolicate` where SST stores the functions' source maps: in its asset bucket, with
 * one folder per log group. In the zips they would lengthen cold starts.
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
