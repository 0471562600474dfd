import { requireBuiltins } from "./require-builtins.mjs";
import { trimTracer } from "./trim-tracer.mjs";

/**
 * What esbuild does beyond SST's own settings, for every function: `nodejs.plugins` takes one file.
 *
 * SST's plugin host ignores namespaces, and tries a filter not on the path but on the text
 * "undefined". So every filter matches that as well, and every callback checks for itself. Filters
 * are narrow all the same: offline esbuild applies them, and then builds in half the time.
 */
export default [requireBuiltins, trimTracer];
