import { existsSync, readdirSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";

/** Exchanges with the real SandboxFusion; the README beside them says how they were made. */
export const DATA = join(import.meta.dirname, "../../../../../shared/data/sandbox-fusion");
export const hasRecordings = existsSync(DATA);

interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  /** JSON, or with `raw` the text that was sent, `\xNN` being a byte. */
  readonly body: unknown;
  readonly raw?: boolean;
  /** Empty: none was sent. */
  readonly content_type?: string;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | null>>;
  readonly body: unknown;
}

export interface Exchange {
  readonly name: string;
  readonly request: RecordedRequest;
  readonly response: Reply;
}

interface ClientRecording {
  readonly name: string;
  readonly exchanges: readonly { request: RecordedRequest; response: Reply; injected?: boolean }[];
}

/** Every exchange whose answer is the server's own; those of one client call are numbered. */
export function recordedExchanges(): Exchange[] {
  if (!hasRecordings) return [];
  const files = readdirSync(DATA).filter((file) => file.endsWith(".json"));
  return files.sort().flatMap((file) => {
    const recording = JSON.parse(readFileSync(join(DATA, file), "utf8")) as Exchange | ClientRecording;
    if (!("exchanges" in recording)) return [recording];
    const own = recording.exchanges.filter(({ injected }) => injected !== true);
    return own.map(({ request, response }, i) => ({
      name: own.length > 1 ? `${recording.name}[${i}]` : recording.name,
      request,
      response,
    }));
  });
}

const TRIES = 5;

/** Sends a recorded request to our server, again when it is busy: as clients do while sandboxes are being made. */
export async function send(port: number, request: RecordedRequest): Promise<Reply> {
  for (let tries = 1; ; tries++) {
    const reply = await sendOnce(port, request);
    if (reply.status !== 504 || tries === TRIES) return reply;
  }
}

function sendOnce(port: number, { method, path, body, raw, content_type: type }: RecordedRequest): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const bytes = bodyBytes(body, raw === true);
    const headers = bytes === null || type === "" ? {} : { "content-type": type ?? "application/json" };
    const req = request({ host: "127.0.0.1", port, path, method, headers, agent: false }, (res) => {
      const chunks: Buffer[] = [];
      res.on("data", (chunk: Buffer) => chunks.push(chunk));
      res.on("error", reject);
      res.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        const { "content-type": contentType = null, location = null, allow = null } = res.headers;
        resolve({
          status: res.statusCode ?? 0,
          headers: { "content-type": contentType, location, allow },
          body: /json/.test(contentType ?? "") && text !== "" ? JSON.parse(text) : text,
        });
      });
    });
    req.on("error", reject);
    req.end(bytes ?? undefined);
  });
}

function bodyBytes(body: unknown, raw: boolean): Buffer | null {
  if (body === null || body === undefined) return null;
  if (!raw) return Buffer.from(JSON.stringify(body));
  const parts = (body as string).split(/\\x([0-9a-f]{2})/);
  return Buffer.concat(parts.map((part, i) => (i % 2 === 1 ? Buffer.from(part, "hex") : Buffer.from(part))));
}
