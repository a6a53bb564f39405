import type { ExportFormat } from "../../contract/exports.ts";
import { rm } from "node:fs/promises";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { parseJson } from "../../core/json/parse.ts";
import { rawMembers } from "../../core/json/raw.ts";
import { LineFile } from "./line-file.ts";

/** Where a line belongs among those of its job. */
interface Place {
  readonly jobId: string;
  readonly sequence: number;
}

/** The files of one export: as NeMo Gym has them, masked rollouts stand in one of their own. */
export class ExportFiles {
  readonly main: LineFile;
  readonly failures: LineFile | null;
  readonly #format: ExportFormat;

  private constructor(format: ExportFormat, main: LineFile, failures: LineFile | null) {
    this.#format = format;
    this.main = main;
    this.failures = failures;
  }

  static async open(path: string, format: ExportFormat, resume: boolean): Promise<ExportFiles> {
    const main = await LineFile.open(path, { resume });
    try {
      const beside = path.replace(/\.jsonl$/, "").concat("_failures.jsonl");
      return new ExportFiles(format, main, format === "gym" ? await LineFile.open(beside, { resume }) : null);
    } catch (error) {
      await main.close();
      throw error;
    }
  }

  /** Sequence of the last line that is there; null for none. Throws `invalid_request` when it is of another job or none of ours. */
  async lastSequence(jobId: string): Promise<number | null> {
    let last: number | null = null;
    for (const file of this.#all()) {
      const line = await file.lastLine();
      if (line === null) continue;
      const place = placeOf(line);
      if (place?.jobId !== jobId) {
        const problem = place ? `${file.path} holds rollouts of ${place.jobId}` : `${file.path} is no export`;
        throw new SandlotError("invalid_request", { fields: [{ field: "--out", problem }] });
      }
      last = Math.max(last ?? 0, place.sequence);
    }
    return last;
  }

  async append(line: string): Promise<void> {
    const isFailure = this.#format === "gym" && rawMembers(line).has("_ng_failure_class");
    await (isFailure && this.failures ? this.failures : this.main).append(line);
  }

  async close(): Promise<void> {
    for (const file of this.#all()) await file.close();
  }

  /** Takes files away that hold nothing: the export that made them never began. */
  async discardEmpty(): Promise<void> {
    if (this.#all().some(({ lines }) => lines > 0)) return;
    for (const file of this.#all()) await rm(file.path, { force: true });
  }

  #all(): LineFile[] {
    return this.failures ? [this.main, this.failures] : [this.main];
  }
}

/** Of a line of the formats gym and sandlot; null for other lines. */
export function placeOf(line: string): Place | null {
  try {
    const members = rawMembers(line);
    const place = members.has("sandlot") ? rawMembers(members.get("sandlot") ?? "") : members;
    const [jobId, sequence] = [place.get("job_id"), place.get("sequence")].map((raw) => parseJson(raw ?? "null"));
    return typeof jobId === "string" && typeof sequence === "number" ? { jobId, sequence } : null;
  } catch {
    return null;
  }
}
