import { Resource } from "sst";

export const handler = async () => ({ statusCode: 200, body: Resource.ReadPet.name });
