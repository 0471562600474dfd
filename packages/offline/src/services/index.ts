import type { Service } from "../runtime/service.ts";
import { apigateway } from "./apigateway/index.ts";
import { cloudwatch } from "./cloudwatch/index.ts";
import { cognito } from "./cognito/index.ts";
import { dynamodb } from "./dynamodb/index.ts";
import { iam } from "./iam/index.ts";
import { lambda } from "./lambda/index.ts";
import { otherResources } from "./other-resources.ts";
import { scheduler } from "./scheduler/index.ts";
import { ses } from "./ses/index.ts";
import { sqs } from "./sqs/index.ts";
import { xray } from "./xray/index.ts";

/**
 * The AWS services that the offline runtime supports. Their ports and their panels in the console
 * follow this order; they are closed in the reverse order.
 */
export const services: readonly Service[] = [
  // First, so that a service's own resource types take precedence.
  otherResources,
  lambda,
  scheduler,
  apigateway,
  cognito,
  sqs,
  ses,
  dynamodb,
  xray,
  iam,
  cloudwatch,
];
