export const table = new sst.aws.Dynamo("Pets", {
  fields: {
    pk: "string",
    sk: "string",
    list1pk: "string",
    list2pk: "string",
    list3pk: "string",
    list4pk: "string",
    listsk: "string",
  },
  primaryIndex: { hashKey: "pk", rangeKey: "sk" },
  globalIndexes: {
    list1: { hashKey: "list1pk", rangeKey: "listsk" },
    list2: { hashKey: "list2pk", rangeKey: "listsk" },
    list3: { hashKey: "list3pk", rangeKey: "listsk" },
    list4: { hashKey: "list4pk", rangeKey: "listsk" },
  },
  ttl: "expiresAt",
  stream: "new-and-old-images",
});

/** A capability: what a function may do with the table, as a link that grants just that. */
const may = (name: string, actions: string[], resources = [table.arn]) =>
  new sst.Linkable(name, {
    properties: { name: table.name },
    include: [sst.aws.permission({ actions, resources })],
  });

export const readPet = may("ReadPet", ["dynamodb:GetItem"]);
export const queryPets = may("QueryPets", ["dynamodb:Query"], [$interpolate`${table.arn}/index/*`]);
