import { extname } from "node:path";
import { z } from "zod";

const Name = z.string().regex(/^[a-z0-9][a-z0-9_+#.-]*$/);
const FileName = z.string().regex(/^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/);
/** `{memory_mib}` in a word stands for the memory limit of the run, in whole MiB. */
const CommandLine = z.array(z.string().min(1)).min(1);

/** A program of the image that is started before any request, so that source runs in it within milliseconds. */
const Interpreter = z.strictObject({
  /** `fork`: a Python whose forks run source. `spare`: a process that waits, already in its slot, for its order. */
  kind: z.enum(["fork", "spare"]).default("fork"),
  argv: CommandLine,
  /** Python modules that are imported beforehand. */
  preload: z.array(z.string()).default([]),
});

/** Limits of runs where a request names none. */
const ManifestLimits = z.strictObject({
  wall_seconds: z.number().positive().optional(),
  cpu_seconds: z.number().positive().optional(),
  memory_mib: z.int().positive().optional(),
  processes: z.int().positive().optional(),
  disk_mib: z.int().positive().optional(),
  open_files: z.int().positive().optional(),
});
export type ManifestLimits = z.infer<typeof ManifestLimits>;

const Compile = z.strictObject({
  argv: CommandLine,
  artefacts: z.array(z.strictObject({ path: z.string().min(1), folder: z.boolean().default(false) })).min(1),
  limits: ManifestLimits.prefault({}),
});

/** How a program is joined with tests that are a program of the same language (docs/bridge.md). */
const Bridge = z.strictObject({
  /** Makes and runs a program that serves their calls, instead of what the language says without tests. */
  program: z.strictObject({ compile: Compile.optional(), run: CommandLine }),
  tests: z.strictObject({
    /** File name that they are given in the workspace. */
    source: FileName,
    compile: Compile.optional(),
    run: CommandLine,
    limits: ManifestLimits.prefault({}),
  }),
});

const Language = z
  .strictObject({
    aliases: z.array(Name).default([]),
    /** Prints the version. */
    version: CommandLine,
    /** File name that the code is given in the workspace. */
    source: FileName,
    /** Runs the code in this interpreter of the image. */
    interpreter: z.string().optional(),
    /** Source that the interpreter runs instead of the code, which then lies beside it under its file name. */
    launcher: z.string().optional(),
    /**
     * Runs once per submission, with the code in the workspace; what it leaves is laid into the workspace of every
     * case. An interpreter then runs what the compiler made, which takes an interpreter that knows where to look.
     */
    compile: Compile.optional(),
    /** Command line of a case, when there is no interpreter; arguments of the case follow it. */
    run: CommandLine.optional(),
    bridge: Bridge.optional(),
    /** Of the compiler and of every case; `{memory_mib}` as in command lines. */
    env: z.record(z.string(), z.string()).default({}),
    /** Sessions: `slot` when an interpreter keeps state, `container` for a shell. */
    sessions: z.enum(["slot", "container"]).nullable().default(null),
    limits: ManifestLimits.prefault({}),
    /** Multiplies the time limits of a request: slow starters are not slow solutions. */
    time_factor: z.number().positive().default(1),
    /** Whether this image runs the language when a request names no image. */
    default: z.boolean().default(true),
    /**
     * A program in the image's folder that asks for what programs may rely on: it gets the line `ping` as standard
     * input and passes when it ends with exit code 0. Default: `smoke-test` with the extension of `source`.
     */
    smoke_test: FileName.optional(),
  })
  .refine((it) => (it.interpreter === undefined) !== (it.run === undefined), "give exactly one of interpreter and run")
  .refine((it) => it.launcher === undefined || it.interpreter !== undefined, "a launcher needs an interpreter");

/** `sandboxes/<image>/image.yaml`: what an image offers, independent of any provider. */
export const ImageManifest = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9-]+$/),
    description: z.string(),
    interpreters: z.record(Name, Interpreter).default({}),
    languages: z.record(Name, Language).default({}),
    /** Defaults of all its languages. */
    limits: ManifestLimits.prefault({}),
  })
  .superRefine(({ interpreters, languages }, problems) => {
    for (const [name, { interpreter }] of Object.entries(languages)) {
      if (interpreter === undefined || Object.hasOwn(interpreters, interpreter)) continue;
      const path = ["languages", name, "interpreter"];
      problems.addIssue({ code: "custom", path, message: `the image has no interpreter ${interpreter}` });
    }
  });
export type ImageManifest = z.infer<typeof ImageManifest>;

export type ImageLanguage = z.infer<typeof Language>;

/** The language's smoke test in the image's folder. */
export function smokeTestFile({ smoke_test, source }: ImageLanguage): string {
  return smoke_test ?? `smoke-test${extname(source)}`;
}
