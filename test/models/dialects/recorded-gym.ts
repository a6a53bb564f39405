import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const DATA = fileURLToPath(new URL("../../../../shared/data/gym-wire/", import.meta.url));

export const hasRecordedGym = existsSync(DATA);

interface Half {
  readonly method?: string;
  readonly path?: string;
  readonly status?: number;
  readonly body?: string;
  readonly body_same_as?: string;
}

interface Line {
  readonly n: number;
  readonly from: string;
  readonly note?: string | null;
  readonly request: Half;
  readonly response: Half;
}

/** A request that was sent to a model server of NeMo Gym, and what that sent upstream for it. */
export interface GymExchange {
  readonly n: number;
  readonly note: string;
  readonly path: string;
  readonly body: string;
  readonly status: number;
  readonly answer: string;
  readonly upstream: readonly {
    readonly path: string;
    readonly body: string;
    readonly status: number;
    readonly answer: string;
  }[];
}

/** What was recorded at one of Gym's model servers, put together as the recording's own expand.py does it. */
export function gymExchanges(server: string): GymExchange[] {
  if (!hasRecordedGym) return [];
  const lines = readFileSync(`${DATA}${server}/exchanges.jsonl`, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
  const textsPath = `${DATA}${server}/texts.json`;
  const texts = existsSync(textsPath) ? (JSON.parse(readFileSync(textsPath, "utf8")) as Record<string, string>) : {};
  const bodies = new Map<string, string | undefined>(
    lines.flatMap(
      (line) =>
        [
          [`${line.n}.request`, line.request.body],
          [`${line.n}.response`, line.response.body],
        ] as const,
    ),
  );
  const bodyOf = (half: Half) => {
    let body = half.body ?? bodies.get(half.body_same_as ?? "") ?? "";
    for (const [key, text] of Object.entries(texts)) body = body.replaceAll(key, () => text);
    return body;
  };
  const exchanges: (GymExchange & { upstream: GymExchange["upstream"][number][] })[] = [];
  for (const { n, from, note, request, response } of lines) {
    const one = {
      path: request.path ?? "",
      body: bodyOf(request),
      status: response.status ?? 0,
      answer: bodyOf(response),
    };
    if (from === "probe") exchanges.push({ n, note: note ?? "", ...one, upstream: [] });
    else exchanges.at(-1)?.upstream.push(one);
  }
  return exchanges;
}
