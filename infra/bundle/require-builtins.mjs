import { builtinModules, createRequire } from "node:module";

const require = createRequire(import.meta.url);
const builtins = new Set(builtinModules);

/**
 * Loads Node's own modules with `require`. An ESM import of, say, `node:http` evaluates every export
 * of it, lazy ones too, and so loads all of undici: a third of a function's initialisation.
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
      return { contents: asModule(path) };
    });
  },
};

/**
 * Every export in a statement of its own, which esbuild drops where nobody imports it. (Of a plain
 * `module.exports` it would copy all names anew for every file that imports one of them.)
 */
function asModule(builtin) {
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
