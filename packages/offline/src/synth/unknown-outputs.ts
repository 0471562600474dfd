import type { PulumiOutput, Transformation } from "./pulumi.ts";

const guarded = new WeakSet<object>();

/**
 * Makes the use of an output that the recorder does not know an error. Pulumi's mocks would hand
 * out `undefined` instead, which ends in a baffling exception somewhere else or, worse, in a graph
 * with a hole. Resources are generated classes whose constructor lists the outputs that only a
 * provider can compute; an accessor on the prototype watches over each.
 */
export function guardOutputs({ type, resource }: Transformation): void {
  const prototype = Object.getPrototypeOf(resource);
  if (guarded.has(prototype)) return;
  guarded.add(prototype);
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
