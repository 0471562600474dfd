const indexes = ["gsi1", "gsi2", "gsi3", "gsi4"] as const;

/** The single table. Keys and index keys are generic; packages/core says what goes into them. */
export const table = new sst.aws.Dynamo("Table", {
  fields: {
    pk: "string",
    sk: "string",
    gsi1pk: "string",
    gsi2pk: "string",
    gsi3pk: "string",
    gsi4pk: "string",
    gsisk: "string",
  },
  primaryIndex: { hashKey: "pk", rangeKey: "sk" },
  globalIndexes: {
    gsi1: { hashKey: "gsi1pk", rangeKey: "gsisk" },
    gsi2: { hashKey: "gsi2pk", rangeKey: "gsisk" },
    gsi3: { hashKey: "gsi3pk", rangeKey: "gsisk" },
    gsi4: { hashKey: "gsi4pk", rangeKey: "gsisk" },
  },
  ttl: "expiresAt",
  stream: "new-and-old-images",
  deletionProtection: $app.stage === "production",
});

/**
 * A capability: the right to do one thing with the table, as something a function can be linked to.
 * (Linking the table itself would grant `dynamodb:*`.)
 */
const capability = (name: string, action: string, resources = [table.arn]) =>
  new sst.Linkable(name, {
    properties: { name: table.name },
    include: [sst.aws.permission({ actions: [`dynamodb:${action}`], resources })],
  });

export const readPets = capability("ReadPets", "GetItem");
export const writePets = capability("WritePets", "PutItem");
export const deletePets = capability("DeletePets", "DeleteItem");
export const queryPets = capability(
  "QueryPets",
  "Query",
  indexes.map((index) => $interpolate`${table.arn}/index/${index}`),
);

export const readImports = capability("ReadImports", "GetItem");
export const writeImports = capability("WriteImports", "PutItem");
export const queryImports = capability("QueryImports", "Query");

export const readInventory = capability("ReadInventory", "GetItem");
export const countInventory = new sst.Linkable("CountInventory", {
  properties: { name: table.name },
  include: [
    // One TransactWriteItems of these two: DynamoDB checks the rights of its parts.
    sst.aws.permission({
      actions: ["dynamodb:UpdateItem", "dynamodb:PutItem"],
      resources: [table.arn],
    }),
  ],
});

/** Powertools Idempotency keeps its records in the table. A put that fails tells it what is there: no reads. */
export const rememberDone = new sst.Linkable("RememberDone", {
  properties: { name: table.name },
  include: [
    sst.aws.permission({
      actions: ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
      resources: [table.arn],
    }),
  ],
});
