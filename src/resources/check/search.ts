import type { Verdict } from "../../contract/verdict.ts";
import type { Submission } from "../../verification/index.ts";
import type { Row } from "../port.ts";
import { type Found, foundBy, probeAnswer } from "./probe.ts";
import { secretsOf } from "./secrets.ts";

export interface SearchInput {
  readonly row: Row;
  /** The reference's program with its tests. */
  readonly submission: Submission;
  /** A row with other tests, where there is one. */
  readonly other: Row | null;
  readonly verify: (row: Row, answer: string) => Promise<Verdict>;
}

export interface SearchResult {
  readonly message: string;
  readonly problem: string | null;
}

/** Has a probe search the sandbox, in which it runs as an answer does, for what its tests expect. */
export async function searchSandbox({ row, submission, other, verify }: SearchInput): Promise<SearchResult> {
  const secrets = secretsOf(row, submission);
  if (secrets.length === 0) return { message: "nothing in the tests is long enough to look for", problem: null };
  const answer = probeAnswer(secrets, submission);
  const verdict = await verify(row, answer);
  const found = foundBy(verdict);
  if (!found) return failed(`the probe did not report: ${verdict.reason ?? "passed"}, ${verdict.message}`);
  const blind = ["file", "memory", "environment"].filter((kind) => !found.canaries.includes(kind));
  const { files = 0, regions = 0, bytes = 0 } = found.counts;
  const searched = `${secrets.length} texts, ${files} files, ${regions} regions of memory, ${Math.round(bytes / 1e6)} MB`;
  const hits = await realHits(found, { other, verify, answer });
  const [hit] = hits;
  if (hit) return { message: searched, problem: `what a test expects can be found: ${hit[1]} (text ${hit[0] + 1})` };
  if (blind.length > 0) return { message: searched, problem: `the search is blind: it cannot see ${blind.join(", ")}` };
  return { message: found.complete ? searched : `${searched}; it ran out of time`, problem: null };
}

/** Without those in memory that are there whatever is judged: words of the interpreter. */
async function realHits(
  { hits }: Found,
  { other, verify, answer }: { other: Row | null; verify: SearchInput["verify"]; answer: string },
): Promise<Found["hits"]> {
  const inMemory = (where: string) => where.startsWith("memory");
  if (!other || !hits.some(([, where]) => inMemory(where))) return hits;
  const elsewhere = new Set(foundBy(await verify(other, answer))?.hits.map(([index]) => index));
  return hits.filter(([index, where]) => !inMemory(where) || !elsewhere.has(index));
}

function failed(problem: string): SearchResult {
  return { message: "", problem };
}
