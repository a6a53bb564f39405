import { describe, expect, test } from "vitest";
import { replicaId } from "../../src/config/index.ts";
import { explain } from "../../src/config/explain.ts";
import { load, problems, write } from "./support.ts";

describe("models", () => {
  const OPENAI = { OPENAI_BASE_URL: "http://h/v1", OPENAI_API_KEY: "sk", OPENAI_MODEL: "m" };

  test("from the file, completed and overridden by variables", () => {
    const { config, sources } = load({
      yaml: "models:\n  my-model:\n    url: http://a/v1\n    model: m\n",
      env: {
        SANDLOT_MODELS_MY_MODEL_RETRIES: "5",
        SANDLOT_MODELS_FAST_URL: "http://b",
        SANDLOT_MODELS_FAST_MODEL: "f",
        SANDLOT_MODELS_FAST_API_KEY: "s",
      },
    });
    expect(config.models["my-model"]).toMatchObject({
      url: "http://a/v1",
      retries: 5,
      timeout_seconds: 600,
      tokens: false,
      replay: false,
      api: "auto",
    });
    expect(config.models["fast"]).toMatchObject({ url: "http://b", model: "f", api_key: "s" });
    expect(sources.of(["models", "my-model", "retries"])).toBe("SANDLOT_MODELS_MY_MODEL_RETRIES");
  });

  test("OPENAI_… make the default model where none is configured", () => {
    const { config, sources } = load({ env: OPENAI });
    expect(config.models["default"]).toMatchObject({ url: "http://h/v1", model: "m", api_key: "sk" });
    expect(sources.of(["models", "default", "url"])).toBe("OPENAI_BASE_URL");
    expect(load({ env: { OPENAI_API_KEY: "sk", OPENAI_MODEL: "m" } }).config.models["default"]?.url).toBe(
      "https://api.openai.com/v1",
    );
    expect(load({ env: { OPENAI_API_KEY: "sk" } }).config.models).toEqual({});
    const own = load({ env: OPENAI, yaml: "models: { a: { url: 'http://a', model: x } }" });
    expect(Object.keys(own.config.models)).toEqual(["a"]);
    const flags = ["url", "model"].map((key) => ({
      flag: `--model-${key}`,
      path: ["models", "default", key],
      value: "http://f",
    }));
    expect(load({ env: OPENAI, flags }).config.models["default"]?.api_key).toBeUndefined();
  });

  test("a fleet has replicas, in the file itself or in one of its own, instead of a URL", () => {
    const { config } = load({
      yaml: "models: { a: { model: m, routing: chwbl, replicas: [{ url: 'http://h:1', id: one }, { url: 'http://h:2' }] } }",
    });
    expect(config.models["a"]).toMatchObject({ routing: "chwbl", replicas: [{ id: "one" }, { url: "http://h:2" }] });
    const file = load({ yaml: "models: { a: { model: m, replicas_file: replicas.yaml } }" }).config.models["a"];
    expect(file?.replicas_file).toMatch(/^\/.+\/replicas\.yaml$/);
    const two = problems({ yaml: "models: { a: { model: m, url: 'http://h', replicas: [{ url: 'http://h' }] } }" });
    expect(two["models.a.url"]).toContain("one of url, replicas and replicas_file");
    const external = problems({
      yaml: "models: { a: { model: m, routing: external, replicas: [{ url: 'http://h' }] } }",
    });
    expect(external["models.a.routing"]).toContain("the router's url");
  });

  test("settings of fleets beside a URL are refused: they would do nothing", () => {
    const model = (more: string) => ({ yaml: `models: { a: { model: m, url: 'http://h', ${more} } }` });
    const found = problems(model("routing: chwbl, queue_timeout_seconds: 5"));
    expect(Object.keys(found)).toEqual(["models.a.routing", "models.a.queue_timeout_seconds"]);
    expect(found["models.a.routing"]).toMatch(/is of fleets.*\(from sandlot\.yaml/);
    expect(problems({ ...model(""), env: { SANDLOT_MODELS_A_ROUTING: "random" } })).toHaveProperty([
      "models.a.routing",
    ]);
    expect(load(model("routing: external")).config.models["a"]?.routing).toBe("external");
  });

  test("tokens by the Responses API are warned of: only some servers give log-probs there", () => {
    const model = (api: string) => ({
      yaml: `models: { a: { model: m, url: 'http://h', tokens: true, api: ${api} } }`,
    });
    expect(load(model("responses")).warnings).toEqual([expect.stringContaining("models.a: vLLM's Responses API")]);
    expect(load(model("auto")).warnings).toEqual([]);
  });

  test("replicas are told apart by host, port and path, or by the ids that are given to them", () => {
    const fleet = (...replicas: string[]) => ({
      yaml: `models: { a: { model: m, replicas: [${replicas.map((one) => `{ ${one} }`).join(", ")}] } }`,
    });
    const paths = load(fleet("url: 'http://h:1/a/v1'", "url: 'http://h:1/b'", "url: 'http://h:1/'"));
    expect(paths.config.models["a"]?.replicas?.map(replicaId)).toEqual(["h:1/a", "h:1/b", "h:1"]);
    const same = problems(fleet("url: 'http://h:1'", "url: 'http://h:1/v1?x=1'"));
    expect(same["models.a.replicas[1].id"]).toContain("another replica is h:1");
    expect(problems(fleet("url: 'http://h:1', id: x", "url: 'http://h:2', id: x"))).toHaveProperty([
      "models.a.replicas[1].id",
    ]);
  });

  test("a model without its URL, with a wrong one or two keys is refused", () => {
    expect(problems({ yaml: "models: { a: { model: m } }" })["models.a.url"]).toContain("give one of url");
    expect(problems({ yaml: "models:\n  a:\n    model: m\n" })["models.a.url"]).toContain("(from sandlot.yaml:3)");
    expect(problems({ yaml: "models: { a: {} }" })["models.a.model"]).toContain("(from sandlot.yaml:1)");
    expect(problems({ yaml: "models: { a: { url: 'file:///x', model: m } }" })).toHaveProperty(["models.a.url"]);
    expect(
      problems({ yaml: "models: { a: { url: 'http://x', model: m, api_key: k, api_key_file: f } }" })[
        "models.a.api_key"
      ],
    ).toContain("not both");
    expect(problems({ yaml: "models: { 'a b': { url: 'http://x', model: m } }" })['models["a b"]']).toContain(
      "not a usable name",
    );
  });
});

describe("secrets and API keys", () => {
  test("are read from files, whose last newline is not part of them", () => {
    write("key.txt", "file-key\n");
    write("model.txt", "model-key\r\n");
    const { config } = load({
      yaml: "server: { api_keys: [{ name: a, key_file: key.txt }] }\nmodels: { m: { url: 'http://x', model: m, api_key_file: model.txt } }\n",
    });
    expect(config.server.api_keys[0]).toEqual({
      name: "a",
      key: "file-key",
      tenant: "default",
      scopes: ["jobs", "hidden_tests", "sandboxes", "admin"],
    });
    expect(config.models["m"]?.api_key).toBe("model-key");
  });

  test("are for all tenants only when their scopes say so", () => {
    const { config } = load({
      yaml: "server: { api_keys: [{ name: a, key: k }, { name: b, key: l, scopes: [operator] }] }\n",
    });
    expect(config.server.api_keys.map(({ scopes }) => scopes.includes("operator"))).toEqual([false, true]);
  });

  test("files that are missing, empty or hold more are named, all at once", () => {
    write("empty.txt", "\n");
    write("two.txt", "a\nb\n");
    const found = problems({
      yaml: "server: { api_keys: [{ name: a, key_file: none.txt }, { name: b, key_file: empty.txt }] }\nmodels: { m: { url: 'http://x', model: m, api_key_file: two.txt } }\n",
    });
    expect(found["server.api_keys[0].key_file"]).toContain("ENOENT");
    expect(found["server.api_keys[1].key_file"]).toContain("empty.txt is empty");
    expect(found["models.m.api_key_file"]).toContain("more than one line");
  });

  test("a key needs exactly one source and a scope that exists; names and keys are used once", () => {
    expect(problems({ yaml: "server: { api_keys: [{ name: a }] }" })["server.api_keys[0]"]).toContain("exactly one");
    expect(
      problems({ yaml: "server:\n  api_keys:\n    - name: a\n      key: k\n      scopes: [root]\n" })[
        "server.api_keys[0].scopes[0]"
      ],
    ).toContain("expected one of");
    const twice = problems({ yaml: "server: { api_keys: [{ name: a, key: k }, { name: a, key: k }] }" });
    expect(Object.keys(twice)).toEqual(["server.api_keys[1].name", "server.api_keys[1].key"]);
  });

  test.each(["0.0.0.0", "::", "10.0.0.5", "box.example", "127.evil.example"])("binding %s needs a key", (host) => {
    const flags = [{ flag: "--host", path: ["server", "host"], value: host }];
    expect(problems({ flags })["server.host"]).toMatch(/configure server\.api_keys.*\(from --host\)/);
    expect(load({ flags, yaml: "server: { api_keys: [{ name: a, key: k }] }" }).config.server.host).toBe(host);
  });

  test.each(["127.0.0.1", "127.9.9.9", "localhost", "::1", "[::1]"])("binding %s needs none", (host) => {
    expect(load({ env: { SANDLOT_SERVER_HOST: host } }).config.server.host).toBe(host);
  });
});

describe("explain", () => {
  test("lists every setting with its source, without secrets", () => {
    write("key.txt", "hidden-1\n");
    const rows = explain(
      load({
        yaml: [
          "server:",
          "  api_keys:",
          "    - name: ci",
          "      key: hidden-2",
          "    - name: file",
          "      key_file: key.txt",
          "database:",
          "  url: postgres://user:hidden-3@host/db?sslmode=require&password=hidden-4",
          "models:",
          "  default:",
          "    url: http://user:hidden-5@host/v1",
          "    model: m",
          "",
        ].join("\n"),
        env: { SANDLOT_MODELS_DEFAULT_API_KEY: "hidden-6" },
      }),
    );
    const table = Object.fromEntries(rows.map(({ path, value, source }) => [path, [value, source]]));
    expect(JSON.stringify(rows)).not.toContain("hidden-");
    expect(table).toMatchObject({
      "server.port": [7461, "default"],
      "server.api_keys[0].name": ["ci", "sandlot.yaml:3"],
      "server.api_keys[0].key": ["[redacted]", "sandlot.yaml:4"],
      "server.api_keys[0].tenant": ["default", "default"],
      "server.api_keys[1].key": ["[redacted]", "sandlot.yaml:6"],
      "database.url": ["postgres://user:[redacted]@host/db?sslmode=require&password=[redacted]", "sandlot.yaml:8"],
      "models.default.url": ["http://user:[redacted]@host/v1", "sandlot.yaml:11"],
      "models.default.api_key": ["[redacted]", "SANDLOT_MODELS_DEFAULT_API_KEY"],
      "sandbox.docker.socket": [null, "default"],
      "server.hosts": [[], "default"],
    });
  });
});
