import { describe, expect, test } from "vitest";
import { createCli } from "./support/harness.ts";

describe("image build", () => {
  test("builds what is named, or all", async () => {
    const cli = createCli();
    const { code, stdout, stderr } = await cli.run("image", "build");
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: "ready  sandlot/python:abc\n",
      stderr: "building python …\n",
    });
    expect((await cli.run("image", "build", "go", "java", "--json")).stdout).toBe(
      '{"images":["sandlot/python:abc"]}\n',
    );
    await cli.run("image", "build", "go", "--rebuild");
    expect(cli.events).toEqual(["build", "build go java", "rebuild go"]);
  });
});

describe("image prune", () => {
  test("tells what it has removed", async () => {
    const { code, stdout } = await createCli().run("image", "prune");
    expect([code, stdout]).toEqual([0, "removed  sandlot/python:old\n"]);
  });
});

describe("image list", () => {
  test("shows each image with its languages, without a terminal's commands in them", async () => {
    const cli = createCli();
    const { code, stdout } = await cli.run("image", "list");
    expect(code).toBe(0);
    expect(stdout.split("\n")).toEqual([
      "image   state         size  language           also  version                    reference",
      "python  built      110 MiB  python             py    Python 3.13.5              sandlot/python:abc",
      "                            bash (on request)        GNU bash, version 5.2␛[2J",
      "go      not built           go                                                  sandlot/go:def",
      "",
    ]);
    const { items } = JSON.parse((await cli.run("image", "list", "--json")).stdout) as { items: unknown[] };
    expect(items).toMatchObject([
      { name: "python", built: true, size_bytes: 115_000_000, languages: [{ version: "Python 3.13.5" }, {}] },
      { name: "go", built: false, size_bytes: null, languages: [{ version: null }] },
    ]);
  });
});

describe("image check", () => {
  test("fails when a smoke test does, and shows what it said", async () => {
    const { code, stdout } = await createCli().run("image", "check");
    expect(code).toBe(1);
    expect(stdout.split("\n")).toEqual([
      "image   language  state      compiled     run  version",
      "python  python    ok                   3.3 ms  Python 3.13.5",
      "python  bash      failed       812 ms   20 ms  GNU bash, version 5.2␛[2J",
      "go      go        not built",
      "",
      "bash in python: exit code 1",
      "line␛[31m",
      "",
    ]);
  });

  test("takes an image that is not built for a failure only when it is named", async () => {
    const cli = createCli();
    expect((await cli.run("image", "check", "go")).code).toBe(1);
    expect(JSON.parse((await cli.run("image", "check", "go", "--json")).stdout)).toMatchObject({
      items: [{ image: "go", language: "go", status: "not_built" }],
    });
  });
});
