import type { Graph } from "@petstore/offline/graph/graph";
import { readHttpApis } from "@petstore/offline/services/apigateway/resources";
import { readUserPools } from "@petstore/offline/services/cognito/resources";
import { readTables } from "@petstore/offline/services/dynamodb/resources";
import { readRoles } from "@petstore/offline/services/iam/resources";
import {
  readEventSourceMappings,
  readFunctions,
} from "@petstore/offline/services/lambda/resources";
import { readSchedules } from "@petstore/offline/services/scheduler/resources";
import { readMailIdentities } from "@petstore/offline/services/ses/resources";
import { readQueues } from "@petstore/offline/services/sqs/resources";

/** Returns the resources of an app, as the offline runtime's services read them. */
export const resourcesOf = (graph: Graph) => ({
  functions: readFunctions(graph),
  apis: readHttpApis(graph),
  userPools: readUserPools(graph),
  mailIdentities: readMailIdentities(graph),
  tables: readTables(graph),
  queues: readQueues(graph),
  eventSources: readEventSourceMappings(graph),
  schedules: readSchedules(graph),
  roles: readRoles(graph),
});
