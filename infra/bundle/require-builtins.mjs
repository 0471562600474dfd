import { builtinModules } from "node:module";

const builtins = new Set(builtinModules);

/**
 * Loads Node's own modules with `require`. An ESM import of, say, `node:http` evaluates every export
 * of it, lazy ones too, and so loads all of undici: a third of a function's initialisation.
 *
 * SST's plugin host does not apply filters and namespaces, so the callbacks check for themselves.
 */
const requireBuiltins = {
  name: "require-builtins",
  setup(build) {
    build.onResolve({ filter: /.*/ }, ({ kind, path }) => {
      const name = path.replace(/^node:/, "");
      if (kind !== "import-statement" || !builtins.has(name)) return undefined;
      return { path: name, namespace: "require-builtin" };
    });
    build.onLoad({ filter: /.*/, namespace: "require-builtin" }, ({ namespace, path }) => {
      if (namespace !== "require-builtin") return undefined;
      return { contents: `module.exports = require("node:${path}")` };
    });
  },
};

export default [requireBuiltins];
