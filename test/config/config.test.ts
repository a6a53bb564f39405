import { mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { directory, load, problems, write } from "./support.ts";

describe("layers", () => {
  test("defaults", () => {
    const { config, file, warnings } = load();
    expect({ file, warnings }).toEqual({ file: null, warnings: [] });
    expect(config).toEqual({
      data_dir: join(directory, ".sandlot"),
      server: { host: "127.0.0.1", port: 7461, hosts: [], api_keys: [], shutdown_grace_seconds: 20 },
      gateway: {
        host: "127.0.0.1",
        port: 7462,
        max_sessions: 20_000,
        session_bytes: 134_217_728,
        memory_bytes: 2_147_483_648,
        retention_seconds: 3600,
      },
      database: {},
      storage: { min_free_bytes: 536_870_912 },
      sandbox: {
        provider: "auto",
        mode: "auto",
        slots_per_sandbox: availableParallelism(),
        pool: { min: 0, max: 2, idle_buffer: 1, max_runs_per_sandbox: 5_000, max_age_seconds: 3600, idle_seconds: 60 },
        max_sandboxes: 128,
        creations_per_second: 20,
        creations_at_once: 4,
        accept_unenforced: [],
        docker: { transport: "auto" },
        kubernetes: { namespace: "sandlot", user_namespaces: false, cpu_request: 0.25 },
        local: {},
      },
      models: {},
      environments: { paths: [join(directory, "environments")] },
      worker: {
        concurrency: 16,
        lease_seconds: 30,
        max_model_calls: 20_000,
        max_sandbox_starts: 32,
        model_outage_seconds: 600,
        enabled: true,
        health_host: "127.0.0.1",
      },
      log: { level: "info", format: "auto" },
    });
  });

  test("limits are accepted by their names, also from the environment", () => {
    const { config } = load({ env: { SANDLOT_SANDBOX_ACCEPT_UNENFORCED: "memory_total, inodes" } });
    expect(config.sandbox.accept_unenforced).toEqual(["memory_total", "inodes"]);
    expect(() => load({ yaml: "sandbox:\n  accept_unenforced: [memory_totl]\n" })).toThrow(/accept_unenforced/);
  });

  test("file, environment and flags win in this order, and each value knows its source", () => {
    const { config, sources } = load({
      yaml: "server:\n  host: localhost\n  port: 1000\nworker:\n  concurrency: 2\n  lease_seconds: 5\n",
      env: { SANDLOT_SERVER_PORT: "2000", SANDLOT_WORKER_CONCURRENCY: "3", SANDLOT_LOG_LEVEL: "" },
      flags: [
        { flag: "--port", path: ["server", "port"], value: "3000" },
        { flag: "--host", path: ["server", "host"], value: undefined },
      ],
    });
    expect([config.server.host, config.server.port, config.worker.concurrency, config.worker.lease_seconds]).toEqual([
      "localhost",
      3000,
      3,
      5,
    ]);
    const of = (...path: string[]) => sources.of(path);
    expect([
      of("server", "host"),
      of("server", "port"),
      of("worker", "concurrency"),
      of("worker", "lease_seconds"),
      of("log", "level"),
    ]).toEqual(["sandlot.yaml:2", "--port", "SANDLOT_WORKER_CONCURRENCY", "sandlot.yaml:6", "default"]);
  });

  test("a file that is named must exist, and starts relative names", () => {
    expect(problems({ file: "other.yaml" })[""]).toContain("cannot read other.yaml: ENOENT");
    mkdirSync(join(directory, "etc"));
    write(
      "etc/own.yaml",
      "data_dir: data\nstorage: { segments_dir: ../shared }\nenvironments: { paths: [envs, /abs] }\n",
    );
    const { config, file } = load({ file: "etc/own.yaml", env: {} });
    expect(file).toBe(join(directory, "etc/own.yaml"));
    expect(config.data_dir).toBe(join(directory, "etc/data"));
    expect(config.storage.segments_dir).toBe(join(directory, "shared"));
    expect(config.environments.paths).toEqual([join(directory, "etc/envs"), "/abs"]);
    expect(load({ env: { SANDLOT_DATA_DIR: "data" } }).config.data_dir).toBe(join(directory, "data"));
  });

  test("an empty file and keys without values set nothing", () => {
    expect(load({ yaml: "" }).config.server.port).toBe(7461);
    expect(load({ yaml: "# all out\nserver:\nmodels:\nlog:\n  level:\n" }).config.log.level).toBe("info");
  });

  test("every type can come from a variable", () => {
    const { config } = load({
      env: {
        SANDLOT_WORKER_ENABLED: "no",
        SANDLOT_SERVER_HOSTS: "a.example, b.example:80",
        SANDLOT_SERVER_API_KEYS: '[{"name": "ci", "key": "k1", "scopes": ["jobs"]}]',
        SANDLOT_SERVER_SHUTDOWN_GRACE_SECONDS: "1.5",
        SANDLOT_DATABASE_URL: "postgres://u:p@h/d",
      },
    });
    expect(config.worker.enabled).toBe(false);
    expect(config.server.hosts).toEqual(["a.example", "b.example:80"]);
    expect(config.server.api_keys).toEqual([{ name: "ci", key: "k1", tenant: "default", scopes: ["jobs"] }]);
    expect(config.server.shutdown_grace_seconds).toBe(1.5);
    expect(config.database.url).toBe("postgres://u:p@h/d");
  });

  test("variables that set nothing are warned about, those of others are not", () => {
    const { warnings } = load({
      env: {
        SANDLOT_SERVER_PROT: "1",
        SANDLOT_SERVER_PORT: "tcp://10.0.0.1:80",
        SANDLOT_SERVICE_HOST: "10.0.0.1",
        SANDLOT_SERVER_PORT_80_TCP_ADDR: "10.0.0.1",
        SANDLOT_API_KEY: "client",
        SANDLOT_TEST_DOCKER: "1",
        OTHER: "x",
      },
    });
    expect(warnings).toEqual(["SANDLOT_SERVER_PROT sets nothing; did you mean SANDLOT_SERVER_PORT?"]);
  });
});

describe("refusals", () => {
  test("unknown keys are named with the nearest known one", () => {
    const found = problems({
      yaml: "srever: {}\nserver:\n  portt: 1\nmodels:\n  a: { url: 'http://x', model: m, timeout: 3 }\nzzzzzz: 1\n",
    });
    expect(found).toEqual({
      srever: "unknown key; did you mean server? (from sandlot.yaml:1)",
      "server.portt": "unknown key; did you mean port? (from sandlot.yaml:3)",
      "models.a.timeout": "unknown key (from sandlot.yaml:5)",
      zzzzzz: "unknown key (from sandlot.yaml:6)",
    });
  });

  test.each([
    ["server.port", "-1"],
    ["server.port", "65536"],
    ["server.port", "1.5"],
    ["server.port", ".nan"],
    ["server.port", "eighty"],
    ["server.shutdown_grace_seconds", "-0.1"],
    ["sandbox.slots_per_sandbox", "0"],
    ["sandbox.pool.max", "0"],
    ["sandbox.pool.max", "1e99"],
    ["sandbox.pool.max_age_seconds", "0"],
    ["sandbox.pool.max_age_seconds", ".inf"],
    ["worker.concurrency", "-5"],
    ["worker.concurrency", "1e400"],
    ["worker.lease_seconds", "0"],
    ["worker.enabled", "7"],
    ["log.level", "loud"],
    ["database.url", "mysql://x"],
    ["server.host", "http://x"],
  ])("%s: %s is refused with its field and line", (path, value) => {
    const [last, ...above] = path.split(".").reverse();
    const yaml = above.reduce((inner, key) => `${key}:\n${inner.replaceAll(/^/gm, "  ")}`, `${last}: ${value}`);
    const found = problems({ yaml });
    expect(Object.keys(found)).toEqual([path]);
    expect(found[path]).toContain(`(from sandlot.yaml:${path.split(".").length})`);
  });

  test.each(["-1", "0x50", "NaN", "Infinity", "1e999", "99999", "80a", " "])(
    "a port of %j in a variable or a flag is refused",
    (value) => {
      expect(problems({ env: { SANDLOT_SERVER_PORT: value } })["server.port"]).toContain("(from SANDLOT_SERVER_PORT)");
      const flags = [{ flag: "--port", path: ["server", "port"], value }];
      expect(problems({ flags })["server.port"]).toContain("(from --port)");
    },
  );

  test("all problems come at once, with all their sources", () => {
    const options = { yaml: "server:\n  port: -1\nlog: { level: x }\n", env: { SANDLOT_WORKER_CONCURRENCY: "0" } };
    expect(Object.keys(problems(options)).sort()).toEqual(["log.level", "server.port", "worker.concurrency"]);
    expect(() => load(options)).toThrow(
      expect.objectContaining({
        context: expect.objectContaining({
          source: "sandlot.yaml:2, SANDLOT_WORKER_CONCURRENCY, sandlot.yaml:3",
        }) as unknown,
      }) as Error,
    );
  });

  test("a gateway that listens everywhere wants the URL by which agents reach it", () => {
    for (const host of ["0.0.0.0", "::", "'[::]'"]) {
      const found = problems({ yaml: `gateway: { host: ${host === "::" ? '"::"' : host} }` });
      expect(found["gateway.public_url"]).toContain("agents cannot call");
    }
    const yaml = "gateway: { host: 0.0.0.0, public_url: 'http://gateway.internal:7462/' }";
    expect(load({ yaml }).config.gateway.public_url).toBe("http://gateway.internal:7462/");
    expect(load({ yaml: "gateway: { host: 10.0.0.5 }" }).config.gateway.host).toBe("10.0.0.5");
  });

  test("a pool whose min is above its max", () => {
    expect(problems({ yaml: "sandbox: { pool: { min: 5, max: 2 } }" })).toHaveProperty(["sandbox.pool.min"]);
  });

  test("text that is no YAML, no mapping, or has a key twice; secrets in it are not quoted", () => {
    expect(problems({ yaml: "server:\n  port: [1\n" })).toHaveProperty(["sandlot.yaml:3"]);
    expect(problems({ yaml: "- a\n" })[""]).toContain("expected a mapping");
    expect(problems({ yaml: "just words" })[""]).toContain("expected a mapping");
    expect(problems({ yaml: "log: {}\nlog: {}\n" })).toHaveProperty(["sandlot.yaml:2"]);
    const quoted = JSON.stringify(problems({ yaml: "models:\n  a:\n    api_key: 'top-secret\n" }));
    expect(quoted).not.toContain("top-secret");
  });

  test("a scalar where settings belong", () => {
    expect(problems({ yaml: "server: 5\n" })["server"]).toContain("expected object");
    expect(problems({ yaml: "server: []\n" })["server"]).toContain("expected object");
  });
});
