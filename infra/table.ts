import { stage } from "./stage";

/**
 * The table's indexes, one for each kind of list: all pets, those of a species, of an owner, of both;
 * first with a status, then without one.
 */
export const indexes = ["gsi1", "gsi2", "gsi3", "gsi4", "gsi5", "gsi6", "gsi7", "gsi8"] as const;

/** The single table. Keys and index keys are generic; packages/core says what goes into them. */
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

/** The right to do one thing, with items whose partition key is like one of `keys` only. */
const allow = (action: string, ...keys: string[]) =>
  sst.aws.permission({
    actions: [`dynamodb:${action}`],
    resources: [table.arn],
    conditions: [
      { test: "ForAllValues:StringLike", variable: "dynamodb:LeadingKeys", values: keys },
    ],
  });

/**
 * A capability: rights to a part of the table, as something a function can be linked to. (Linking the
 * table itself would grant `dynamodb:*`, on all of it.)
 */
const capability = (name: string, ...include: ReturnType<typeof sst.aws.permission>[]) =>
  new sst.Linkable(name, { properties: { name: table.name }, include });

// Which keys are whose is decided where items are written, in packages/core and packages/functions.
const pets = "pet#*";
const imports = "import#*";
const inventory = "inventory";
const counted = "counted#*";

export const readPets = capability("ReadPets", allow("GetItem", pets));
export const writePets = capability("WritePets", allow("PutItem", pets));
export const queryPets = capability(
  "QueryPets",
  // Nothing but pets is in the indexes.
  sst.aws.permission({
    actions: ["dynamodb:Query"],
    resources: indexes.map((index) => $interpolate`${table.arn}/index/${index}`),
  }),
);

export const readImports = capability("ReadImports", allow("GetItem", imports));
export const writeImports = capability("WriteImports", allow("PutItem", imports));
export const queryImports = capability("QueryImports", allow("Query", imports));

export const readInventory = capability("ReadInventory", allow("GetItem", inventory));
export const countInventory = capability(
  "CountInventory",
  // One TransactWriteItems of these two. IAM checks the rights of its parts, but nothing documents
  // whether a part's leading keys are its own or those of all parts: both are allowed.
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
  allow("UpdateItem", inventory, counted),
  allow("PutItem", inventory, counted),
);

/** Counters of the mails of a day. */
export const countMails = new sst.Linkable("CountMails", {
  properties: { name: table.name, limits: stage.mailLimits },
  include: [allow("UpdateItem", "mails#*")],
});

/** Powertools Idempotency keeps its records in the table. A put that fails tells it what is there: no reads. */
export const rememberDone = capability(
  "RememberDone",
  ...["PutItem", "UpdateItem", "DeleteItem"].map((action) => allow(action, "mailed#*")),
);
