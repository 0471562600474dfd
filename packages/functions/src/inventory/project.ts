import { count, MAX_STEPS } from "@petstore/core/inventory/count";
import { stepOf } from "@petstore/core/inventory/step";
import { consume } from "../consumers/stream.ts";

export const handler = consume({ take: stepOf, size: MAX_STEPS, handle: count });
