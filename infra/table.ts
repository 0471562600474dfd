import { stage } from "./stage";

/**
 * The table's indexes, one for each kind of list: all pets, by species, by owner, by both. The first
 * four list pets with a given status, the others pets of any status.
 */
export const indexes = ["gsi1", "gsi2", "gsi3", "gsi4", "gsi5", "gsi6", "gsi7", "gsi8"] as const;

/** The single table. Its keys are generic; packages/core defines their values. */
export const table = new sst.aws.Dynamo("Table", {
  fields: {
    pk: "string",
    sk: "string",
    ...Object.fromEntries(indexes.map((index) => [`${index}pk`, "string" as const])),
    gsisk: "string",
  },
  primaryIndex: { hashKey: "pk", rangeKey: "sk" },
  globalIndexes: Object.fromEntries(
    indexes.map((index) => [index, { hashKey: `${index}pk`, rangeKey: "gsisk" }]),
  ),
  ttl: "expiresAt",
  stream: "new-and-old-images",
  deletionProtection: $app.stage === "production",
});

// Partition keys, as packages/core and packages/functions write them.
const pets = "pet#*";
const imports = "import#*";
const inventory = "inventory";
const counted = "counted#*";

export const readPets = permit("ReadPets", onItems("GetItem", pets));
export const writePets = permit("WritePets", onItems("PutItem", pets));
export const queryPets = permit(
  "QueryPets",
  // Indexes contain only pets, so they need no condition on keys.
  sst.aws.permission({
    actions: ["dynamodb:Query"],
    resources: indexes.map((index) => $interpolate`${table.arn}/index/${index}`),
  }),
);

export const readImports = permit("ReadImports", onItems("GetItem", imports));
export const writeImports = permit("WriteImports", onItems("PutItem", imports));
export const queryImports = permit("QueryImports", onItems("Query", imports));

export const readInventory = permit("ReadInventory", onItems("GetItem", inventory));
export const countInventory = permit(
  "CountInventory",
  // One TransactWriteItems contains both. IAM checks the action of each part, but AWS does not document
  // whether `LeadingKeys` has the part's key or the keys of all parts, so both are allowed.
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
  onItems("UpdateItem", inventory, counted),
  onItems("PutItem", inventory, counted),
);

/** Counts the mails of a day. */
export const countMails = new sst.Linkable("CountMails", {
  properties: { name: table.name, limits: stage.mailLimits },
  include: [onItems("UpdateItem", "mails#*")],
});

/** Writes the records of Powertools Idempotency. A failed put returns the existing item: no reads. */
export const rememberDone = permit(
  "RememberDone",
  ...["PutItem", "UpdateItem", "DeleteItem"].map((action) => onItems(action, "mailed#*")),
);

/**
 * Returns permissions on a part of the table that a function can be linked to. A link to the table
 * itself would grant `dynamodb:*` on all items.
 */
function permit(name: string, ...include: ReturnType<typeof sst.aws.permission>[]) {
  return new sst.Linkable(name, { properties: { name: table.name }, include });
}

/** Returns the permission to call one action on items whose partition key matches one of `keys`. */
function onItems(action: string, ...keys: string[]) {
  return sst.aws.permission({
    actions: [`dynamodb:${action}`],
    resources: [table.arn],
    conditions: [
      { test: "ForAllValues:StringLike", variable: "dynamodb:LeadingKeys", values: keys },
    ],
  });
}
