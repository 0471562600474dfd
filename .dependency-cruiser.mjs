/**
 * The allowed directions of imports between packages and between their folders. `npm run
 * check:boundaries` reports every import that is not listed here.
 *
 * @type {[name: string, from: string, allowed: string[]][]}
 */
const directions = [
  // Packages
  ["core-imports-no-package", "^packages/core/", ["^packages/core/"]],
  ["client-imports-no-package", "^packages/client/", ["^packages/client/"]],
  ["jwt-authorizer-imports-no-package", "^packages/jwt-authorizer/", ["^packages/jwt-authorizer/"]],
  ["functions", "^packages/functions/", ["^packages/(functions|core|jwt-authorizer)/"]],
  ["offline-knows-no-app", "^packages/offline/", ["^packages/(offline|jwt-authorizer)/"]],
  ["ops", "^packages/ops/", ["^packages/(ops|core|offline)/"]],
  [
    "infra-imports-only-routes",
    "^(infra/|sst\\.config)",
    ["^infra/", "^packages/core/src/contract/"],
  ],

  // Folders of the offline runtime
  offline("util", ["util"]),
  offline("graph", ["graph", "util"]),
  offline("state", ["state", "util"]),
  offline("runtime", ["runtime", "graph", "state", "util"]),
  offline("console", ["console", "runtime", "util"]),
  offline("synth", ["synth", "services", "runtime", "graph", "util"]),
  [
    "service-imports-no-other-service",
    "^packages/offline/src/services/([^/]+)/",
    [
      "^packages/offline/src/services/$1/",
      "^packages/offline/src/(runtime|graph|state|util|console/page)/",
      "^packages/jwt-authorizer/",
    ],
  ],

  // Folders of the domain
  [
    "domain-imports-no-openapi",
    "^packages/core/src/(?!openapi/)",
    ["^packages/core/src/(?!openapi/)"],
  ],
];

function offline(folder, allowed) {
  return [
    `offline-${folder}`,
    `^packages/offline/src/${folder}/`,
    allowed.map((name) => `^packages/offline/src/${name}(/|$)`),
  ];
}

const OURS = "^(packages|infra|test)/|^sst\\.config";

export default {
  forbidden: directions.map(([name, from, allowed]) => ({
    name,
    severity: "error",
    from: { path: from },
    to: { path: OURS, pathNot: allowed },
  })),
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)node_modules/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "default"],
      extensions: [".ts", ".tsx", ".mjs", ".js", ".json"],
    },
  },
};
