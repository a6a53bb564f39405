import { describe, expect, it } from "vitest";
import { missingImages, sandboxFusion } from "../../../src/compat/sandbox-fusion/index.ts";
import { SandlotError } from "../../../src/core/errors/sandlot-error.ts";
import { LANGUAGES, output } from "../../server/support/memory-execution.ts";
import { serve } from "../../server/support/serve.ts";

const NUMERICAL = "python-numerical";
const CODE = "# numpy\nraise SystemExit(1)";
const RUN = { code: CODE, language: "python" };
const SUBMIT = {
  dataset: "d",
  id: 1,
  completion: `\`\`\`python\n${CODE}\n\`\`\``,
  config: {
    dataset_type: "CommonOJDataset",
    language: "python",
    provided_data: { id: 1, content: "", labels: {}, test: [{ input: { stdin: "1" }, output: { stdout: "1" } }] },
  },
};

/** A server whose images know the numerical one. `built`: it is there; `known`: the service can tell. */
async function open({ built, known }: { built: boolean; known: boolean }) {
  const harness = await serve({ surfaces: [sandboxFusion] });
  const { execution } = harness;
  execution.languages = async () =>
    LANGUAGES.map((it) => (it.name === "python" ? { ...it, images: ["python", NUMERICAL] } : it));
  execution.hasImage = async (image) => image !== NUMERICAL || built || !known;
  execution.play = async () => {
    const image = execution.requests.at(-1)?.image;
    if (image === NUMERICAL && !built) throw new SandlotError("sandbox_image_missing", { image });
    return { status: "runtime_error", exit: { code: 1 }, stdout: output("") };
  };
  const post = async (path: string, body: object) => (await harness.send({ path, body: JSON.stringify(body) })).json;
  const images = () => execution.requests.map(({ image }) => image);
  return { post, images, execution };
}

describe("a program that names a numerical package", () => {
  it("runs in the image that has it", async () => {
    const { post, images, execution } = await open({ built: true, known: true });
    expect(await post("/run_code", RUN)).toMatchObject({ status: "Failed", run_result: { return_code: 1 } });
    expect(await post("/submit", SUBMIT)).toMatchObject({ accepted: false });
    expect(images()).toEqual([NUMERICAL, NUMERICAL]);
    await post("/run_jupyter", { cells: ["import numpy"] });
    await post("/run_jupyter", { cells: ["1"] });
    expect(execution.opened.map(({ image }) => image)).toEqual([NUMERICAL, undefined]);
  });

  it("buys no fault of ours where that image is not built: it runs in the language's own", async () => {
    const { post, images } = await open({ built: false, known: true });
    expect(await post("/run_code", RUN)).toMatchObject({ status: "Failed", run_result: { return_code: 1 } });
    expect(await post("/submit", SUBMIT)).toMatchObject({ accepted: false, tests: [{ passed: false }] });
    expect(images()).toEqual([undefined, undefined]);
  });

  it("runs in the language's own also where only the attempt shows that the image is missing", async () => {
    const { post, images } = await open({ built: false, known: false });
    expect(await post("/run_code", RUN)).toMatchObject({ status: "Failed", run_result: { return_code: 1 } });
    expect(await post("/submit", SUBMIT)).toMatchObject({ accepted: false, tests: [{ passed: false }] });
    expect(images()).toEqual([NUMERICAL, undefined, NUMERICAL, undefined]);
  });
});

it("says which images numerical programs lack, for who starts the server", async () => {
  const { execution } = await open({ built: false, known: true });
  expect(await missingImages(execution)).toEqual([NUMERICAL]);
  expect(await missingImages((await open({ built: true, known: true })).execution)).toEqual([]);
});
