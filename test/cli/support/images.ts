import type { ImageCheck, ImageView } from "../../../src/cli/image/views.ts";

export const PYTHON_IMAGE: ImageView = {
  name: "python",
  description: "Python.",
  languages: [
    { name: "python", aliases: ["py"], default: true, version: "Python 3.13.5" },
    { name: "bash", aliases: [], default: false, version: "GNU bash, version 5.2\u001b[2J" },
  ],
  reference: "sandlot/python:abc",
  built: true,
  size_bytes: 115_000_000,
};

export const GO_IMAGE: ImageView = {
  name: "go",
  description: "Go.",
  languages: [{ name: "go", aliases: [], default: true, version: null }],
  reference: "sandlot/go:def",
  built: false,
  size_bytes: null,
};

/** Passes for what is built, but for Bash. */
export function checksOf({ name, built, languages }: ImageView): ImageCheck[] {
  return languages.map((language) => {
    const about = { image: name, language: language.name, version: language.version };
    if (!built) return { ...about, status: "not_built", detail: "", compile_ms: null, run_ms: null };
    if (language.name !== "bash") return { ...about, status: "ok", detail: "", compile_ms: null, run_ms: 3.25 };
    return { ...about, status: "failed", detail: "exit code 1\nline\u001b[31m", compile_ms: 812.4, run_ms: 20 };
  });
}
