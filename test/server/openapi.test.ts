import { execFileSync, spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openApiDocument } from "../../src/contract/openapi.ts";
import { type Route, ROUTES } from "../../src/contract/routes.ts";

interface Operation {
  operationId: string;
  parameters?: { name: string; in: string; required?: boolean }[];
  requestBody?: unknown;
  responses: Record<string, unknown>;
  security: unknown[];
}

const document = openApiDocument({ version: "1.2.3" });
const paths = document["paths"] as Record<string, Record<string, Operation>>;
const hasValidator = spawnSync("python3", ["-c", "import openapi_spec_validator"]).status === 0;

describe("the OpenAPI document", () => {
  test.each(Object.entries(ROUTES) as [string, Route][])("describes %s", (name, route) => {
    const operation = paths[route.path]?.[route.method.toLowerCase()];
    expect(operation?.operationId).toBe(name);
    expect(operation?.responses).toHaveProperty(String(route.status));
    expect(operation?.responses).toHaveProperty("default");
    expect(operation?.requestBody !== undefined).toBe(route.body !== undefined);
    expect(operation?.security).toEqual(route.scope === null ? [] : [{ bearer: [] }]);
    const names = [...Object.keys(route.query?.shape ?? {}), ...Object.keys(route.headers?.shape ?? {})];
    const inPath = Array.from(route.path.matchAll(/\{(\w+)\}/g), ([, parameter]) => parameter ?? "");
    expect((operation?.parameters ?? []).map((parameter) => parameter.name).sort()).toEqual(
      [...names, ...inPath].sort(),
    );
  });

  test("has a quota where there is one, and overload everywhere", () => {
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
    const quotas = operations.filter(({ responses }) => "429" in responses).map(({ operationId }) => operationId);
    expect(quotas.sort()).toEqual(["callSession", "openSession", "readSessionFiles", "writeSessionFiles"]);
    expect(operations.filter(({ responses }) => !("503" in responses))).toEqual([]);
  });

  test("describes nothing else", () => {
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
    expect(operations).toHaveLength(Object.keys(ROUTES).length);
  });

  test("refers only to what it contains", () => {
    const refs = Array.from(JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g), ([, ref]) => ref ?? "");
    expect(refs.length).toBeGreaterThan(10);
    for (const ref of refs) {
      const target = ref
        .split("/")
        .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], document);
      expect(target, ref).toBeDefined();
    }
  });

  test.skipIf(!hasValidator)("is valid for openapi-spec-validator (skipped where Python lacks it)", () => {
    const file = join(tmpdir(), `sandlot-openapi-${process.pid}.json`);
    writeFileSync(file, JSON.stringify(document));
    const program =
      "import json, sys; from openapi_spec_validator import validate; validate(json.load(open(sys.argv[1])))";
    try {
      execFileSync("python3", ["-c", program, file]);
    } finally {
      rmSync(file);
    }
  });
});
