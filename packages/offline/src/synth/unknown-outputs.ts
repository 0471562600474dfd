import type { PulumiOutput, Transformation } from "./pulumi.ts";

const prepared = new WeakSet<object>();

/**
 * Makes the use of an output that is not known offline an error. Pulumi's mocks would return `undefined`,
 * which causes an unrelated exception or an incomplete graph. Resources are generated classes whose
 * constructor lists the outputs that only a provider can compute; this defines an accessor for each on the
 * prototype.
 */
export function rejectUnknownOutputs({ type, resource }: Transformation): void {
  const prototype = Object.getPrototypeOf(resource);
  if (prepared.has(prototype)) return;
  prepared.add(prototype);
  for (const [, key] of prototype.constructor
    .toString()
    .matchAll(/resourceInputs\["(\w+)"\] = undefined \/\*out\*\//g)) {
    const values = new WeakMap<object, PulumiOutput<unknown>>();
    Object.defineProperty(prototype, key, {
      configurable: true,
      set(value) {
        values.set(this, value);
      },
      get() {
        return values.get(this)?.apply((value) => {
          if (value !== undefined) return value;
          throw new Error(
            `the output "${key}" of ${type} is not known offline: add it to the table in outputs.ts`,
          );
        });
      },
    });
  }
}
