import { requireBuiltins } from "./require-builtins.mjs";
import { trimTracer } from "./trim-tracer.mjs";

/**
 * The esbuild plugins of all functions. `nodejs.plugins` accepts one file.
 *
 * SST's plugin host ignores namespaces and applies filters to the text "undefined" instead of the
 * path. Therefore each filter also matches "undefined", and each callback checks the path itself. The
 * filters are still narrow because the offline runtime applies them, which halves its build time.
 */
export default [requireBuiltins, trimTracer];
