import { stage } from "./stage";
import { readPet } from "./table";

export const api = new sst.aws.ApiGatewayV2("Api", {
  cors: { allowOrigins: stage.allowOrigins, allowMethods: ["GET", "POST"] },
  accessLog: { retention: stage.logRetention },
  transform: {
    stage: {
      defaultRouteSettings: {
        throttlingRateLimit: stage.throttle.rate,
        throttlingBurstLimit: stage.throttle.burst,
      },
    },
  },
});

const getPet = new sst.aws.Function("GetPet", {
  handler: "packages/functions/src/pets/get.handler",
  link: [readPet],
});
api.route("GET /api/pets/{id}", getPet.arn);
