import { bytes } from "../terminal/format.ts";
import { sanitise } from "../terminal/sanitise.ts";
import type { Screen } from "../terminal/screen.ts";
import { type Column, table } from "../terminal/table.ts";
import type { ImageCheck, ImageView } from "./views.ts";

const right = { align: "right" } as const;

const LIST_COLUMNS: readonly Column[] = [
  { title: "image" },
  { title: "state" },
  { title: "size", ...right },
  { title: "language" },
  { title: "also" },
  { title: "version", shrink: true },
  { title: "reference" },
];

/** A table of images, a line for each language; those that run elsewhere by default are marked. */
export function imageTable({ columns, colors: c }: Screen, images: readonly ImageView[]): string[] {
  const rows = images.flatMap(({ name, built, size_bytes: size, languages, reference }) =>
    languages.map((language, line) => [
      line === 0 ? name : "",
      line > 0 ? "" : { text: built ? "built" : "not built", paint: built ? c.green : c.yellow },
      line > 0 || size === null ? "" : bytes(size),
      language.default ? language.name : { text: `${language.name} (on request)`, paint: c.dim },
      language.aliases.join(" "),
      language.version ?? "",
      line === 0 ? reference : "",
    ]),
  );
  return table(LIST_COLUMNS, rows, { width: columns, paintTitle: c.bold });
}

const CHECK_COLUMNS: readonly Column[] = [
  { title: "image" },
  { title: "language" },
  { title: "state" },
  { title: "compiled", ...right },
  { title: "run", ...right },
  { title: "version", shrink: true },
];

/** A table of smoke tests, and below it what failed. */
export function checkTable({ columns, colors: c }: Screen, checks: readonly ImageCheck[]): string[] {
  const paints = { ok: c.green, failed: c.red, not_built: c.yellow };
  const rows = checks.map((check) => [
    check.image,
    check.language,
    { text: check.status.replace("_", " "), paint: paints[check.status] },
    time(check.compile_ms),
    time(check.run_ms),
    check.version ?? "",
  ]);
  const failed = checks.filter(({ status }) => status === "failed");
  return [
    ...table(CHECK_COLUMNS, rows, { width: columns, paintTitle: c.bold }),
    ...failed.flatMap(({ image, language, detail }) => [
      "",
      `${c.red(`${language} in ${image}`)}: ${sanitise(detail)}`,
    ]),
  ];
}

function time(ms: number | null): string {
  return ms === null ? "" : `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}
