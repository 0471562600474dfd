import { defineService } from "../../runtime/service.ts";
import { readTables, type Table } from "./resources.ts";

/** DynamoDB: tables and their streams. */
export const dynamodb = defineService<Table[]>({
  name: "dynamodb",
  resourceTypes: {
    "aws:dynamodb/table:Table": {
      outputs({ arn, inputs, physicalName }) {
        const table = arn("dynamodb", `table/${physicalName}`);
        const streamLabel = inputs.streamEnabled ? "2026-01-01T00:00:00.000" : "";
        return {
          arn: table,
          streamLabel,
          streamArn: streamLabel && `${table}/stream/${streamLabel}`,
        };
      },
    },
  },
  readResources(graph) {
    const tables = readTables(graph);
    return tables.length > 0 ? tables : undefined;
  },
  start: async (context) => (await import("./start.ts")).start(context),
});
