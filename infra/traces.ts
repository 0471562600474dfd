import { stage } from "./stage";

/**
 * Which requests leave a trace. A caller's own decision comes first; without one, Lambda asks X-Ray
 * (https://docs.aws.amazon.com/lambda/latest/api/API_TracingConfig.html). Lambda's guide says that its
 * rate is always one a second and 5 %, the rule of production: look before you rely on another.
 */
new aws.xray.SamplingRule("Traced", {
  ruleName: `${$app.name}-${$app.stage}`.slice(0, 32),
  priority: 1_000,
  version: 1,
  reservoirSize: stage.traced.reservoir,
  fixedRate: stage.traced.rate,
  serviceName: `${$app.name}-${$app.stage}-*`,
  serviceType: "*",
  resourceArn: "*",
  host: "*",
  httpMethod: "*",
  urlPath: "*",
});
