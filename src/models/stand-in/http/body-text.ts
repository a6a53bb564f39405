import type { IncomingMessage } from "node:http";

/** The body as text, or null when it is larger than `limit` bytes. Bytes that are not UTF-8 make it invalid JSON. */
export function bodyText(request: IncomingMessage, limit: number): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        request.pause();
        resolve(null);
      } else chunks.push(chunk);
    });
    request.once("end", () => {
      const [first] = chunks;
      resolve(chunks.length === 1 && first ? first.toString("utf8") : Buffer.concat(chunks).toString("utf8"));
    });
    request.once("error", reject);
    request.once("close", () => reject(new Error("the client left")));
  });
}
