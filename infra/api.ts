import { type OperationName, routes } from "@petstore/core/contract/routes";
import { lambda } from "./function";
import { stage } from "./stage";
import { type Capability, deletePets, queryPets, readPets, writePets } from "./table";

/** Every operation: the file that handles it, and what that may do. One left out does not compile. */
const operations: Record<OperationName, { file: string; may: Capability[] }> = {
  getHealth: { file: "health/get", may: [] },
  listPets: { file: "pets/list", may: [queryPets] },
  createPet: { file: "pets/create", may: [writePets] },
  getPet: { file: "pets/get", may: [readPets] },
  replacePet: { file: "pets/replace", may: [readPets, writePets] },
  patchPet: { file: "pets/patch", may: [readPets, writePets] },
  deletePet: { file: "pets/delete", may: [readPets, deletePets] },
};

export const api = new sst.aws.ApiGatewayV2("Api", {
  cors: {
    allowOrigins: stage.allowOrigins,
    allowMethods: ["GET", "POST", "PUT", "PATCH", "DELETE"],
    allowHeaders: ["content-type", "idempotency-key", "if-match", "if-none-match"],
    exposeHeaders: ["etag", "link", "location", "idempotency-replayed", "retry-after"],
    maxAge: "1 day",
  },
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

for (const [name, { file, may }] of Object.entries(operations)) {
  const handler = lambda(`${name.charAt(0).toUpperCase()}${name.slice(1)}`, {
    handler: `packages/functions/src/${file}.handler`,
    link: may,
  });
  api.route(routes[name as OperationName], handler.arn);
}
