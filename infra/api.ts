import { contract, type OperationName } from "@petstore/core/contract/contract";
import { lambda } from "./function";
import { stage } from "./stage";
import { deletePets, listPets, readPets, writePets } from "./table";

interface Route {
  /** The file in packages/functions/src that exports the handler. */
  file: string;
  /** What its function may do. */
  may: sst.Linkable<object>[];
}

/** Every operation of the contract, and the function that serves it. One left out does not compile. */
const routes: Record<OperationName, Route> = {
  getHealth: { file: "health/get", may: [] },
  listPets: { file: "pets/list", may: [listPets] },
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

for (const [name, { file, may }] of Object.entries(routes)) {
  const { method, path, summary } = contract[name as OperationName];
  const handler = lambda(`${name.charAt(0).toUpperCase()}${name.slice(1)}`, {
    description: summary,
    handler: `packages/functions/src/${file}.handler`,
    link: may,
  });
  api.route(`${method} ${path}`, handler.arn);
}
