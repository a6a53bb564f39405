/**
 * Dependencies point one way (docs/architecture.md):
 * core <- contract <- ports (sandbox, store, models) <- execution <- engines (verification, agents, resources, rollouts)
 *      <- server, cli, compat <- compose <- main
 */
const layers = {
  core: [],
  contract: ["core"],
  config: ["core", "contract"],
  observability: ["core"],
  sandbox: ["core", "contract"],
  store: ["core", "contract"],
  models: ["core", "contract"],
  execution: ["core", "contract", "sandbox"],
  verification: ["core", "contract", "sandbox", "execution"],
  resources: ["core", "contract", "sandbox", "execution", "verification"],
  agents: ["core", "contract", "models", "resources"],
  rollouts: ["core", "contract", "store", "models", "agents", "resources"],
  client: ["core", "contract"],
  server: ["core", "contract", "rollouts"],
  compat: ["core", "contract", "sandbox", "verification", "execution", "server"],
  cli: ["core", "contract", "config", "client", "observability"],
};

/** CLI and server know the rest by type only: what they need is wired by the entry point. */
const typeOnly = { cli: ["models", "resources", "sandbox"], server: ["execution", "models", "sandbox"] };

const layerRules = Object.entries(layers).map(([layer, below]) => ({
  name: `${layer}-imports-only-what-is-below`,
  severity: "error",
  from: { path: `^src/${layer}/`, pathNot: "\\.test\\.ts$" },
  to: {
    path: "^src/",
    pathNot: [layer, ...below].map((name) => `^src/${name}/`),
    ...(typeOnly[layer] ? { dependencyTypesNot: ["type-only"] } : {}),
  },
}));

/** A provider imports the port and what all providers share, never another provider. */
const providers = ["docker", "kubernetes", "local"].map((provider) => ({
  name: `${provider}-knows-no-other-provider`,
  severity: "error",
  from: { path: `^src/sandbox/${provider}/` },
  to: { path: "^src/sandbox/(docker|kubernetes|local|pool)/", pathNot: `^src/sandbox/${provider}/` },
}));

module.exports = {
  forbidden: [
    ...layerRules,
    ...providers,
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "providers-are-picked-in-compose",
      severity: "error",
      from: { path: "^src/", pathNot: ["^src/compose/", "^src/sandbox/(docker|kubernetes|local)/"] },
      to: { path: "^src/sandbox/(docker|kubernetes|local)/" },
    },
    {
      name: "the-engine-client-stays-in-its-provider",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/sandbox/docker/" },
      to: { path: "node_modules/(dockerode|@types/dockerode)" },
    },
    {
      name: "the-cluster-client-stays-in-its-provider",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/sandbox/kubernetes/" },
      to: { path: "node_modules/@kubernetes/" },
    },
    {
      name: "sql-stays-in-the-store",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/store/" },
      to: { path: "node_modules/(pg|kysely)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types", "default"] },
  },
};
