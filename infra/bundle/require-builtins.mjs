import { builtinModules, createRequire } from "node:module";

const require = createRequire(import.meta.url);
const builtins = new Set(builtinModules);

/**
 * Loads Node's built-in modules with `require`. An ESM import of `node:http` evaluates all exports,
 * including lazy getters that load undici: a third of a function's initialisation.
 */
export const requireBuiltins = {
  name: "require-builtins",
  setup(build) {
    build.onResolve({ filter: /^(node:)?[a-z_\d/]+$/ }, ({ kind, path }) => {
      const name = path.replace(/^node:/, "");
      if (kind !== "import-statement" || !builtins.has(name)) return undefined;
      return { path: name, namespace: "require-builtin", sideEffects: false };
    });
    build.onLoad({ filter: /.*/, namespace: "require-builtin" }, ({ namespace, path }) => {
      if (namespace !== "require-builtin") return undefined;
      return { contents: createModule(path) };
    });
  },
};

/**
 * Returns a module with one statement per export, so that esbuild drops unused ones. With a plain
 * `module.exports`, esbuild would copy all names for every file that imports one of them.
 */
function createModule(builtin) {
  const names = Object.keys(require(`node:${builtin}`)).filter((name) => name !== "default");
  const exported = names.map(
    (name, index) =>
      `const _${index} = /* @__PURE__ */ (() => builtin.${name})(); export { _${index} as ${name} };`,
  );
  return [
    `const builtin = /* @__PURE__ */ require("node:${builtin}");`,
    "export default builtin;",
    ...exported,
  ].join("\n");
}
