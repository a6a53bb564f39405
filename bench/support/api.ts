import { Agent, request } from "undici";

/** What a run is answered with, as far as benchmarks look at it. */
export interface RunAnswer {
  readonly status: string;
  readonly message: string;
  readonly stdout: { readonly text: string };
  readonly sandbox: { readonly id: string };
  readonly times: Readonly<Record<string, number | null>>;
  readonly error?: { readonly code: string; readonly retry: string };
}

/** A client of the runs' API that keeps its connections; closed by `close`. */
export function runsClient(url: string) {
  const dispatcher = new Agent({ connections: 1024, pipelining: 1 });
  return {
    async run(body: object): Promise<{ readonly status: number; readonly answer: RunAnswer }> {
      const answer = await request(`${url}/api/v1/runs`, {
        method: "POST",
        dispatcher,
        headersTimeout: 120_000,
        bodyTimeout: 120_000,
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      return { status: answer.statusCode, answer: (await answer.body.json()) as RunAnswer };
    },
    close: () => dispatcher.close(),
  };
}
