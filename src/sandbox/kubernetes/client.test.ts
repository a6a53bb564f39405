import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../core/clock.ts";
import { rootContext, withScope } from "../../core/context.ts";
import type { KubeApi, PodEvent } from "./api.ts";
import { connectCluster } from "./client.ts";

const scope = { timeoutMs: 200, waitingFor: "the API server", clock: systemClock };
const SILENT: RequestListener = () => undefined;
let folder: string;
let server: Server;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kube-"));
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

/** A cluster whose API server does what `listener` says. */
async function open(listener: RequestListener, user: object = {}): Promise<KubeApi> {
  server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const kubeconfig = join(folder, "config");
  const cluster = { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true };
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      clusters: [{ name: "c", cluster }],
      users: [{ name: "u", user }],
      contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
      "current-context": "x",
    }),
  );
  return connectCluster({ kubeconfig, namespace: "sandlot" });
}

const connections = () =>
  new Promise<number>((resolve, reject) => server.getConnections((error, n) => (error ? reject(error) : resolve(n))));

describe("the connection to a cluster", () => {
  it("ends a call that nobody answers with its context", async () => {
    const api = await open(SILENT);
    const asking = withScope(rootContext(), scope, (ctx) => api.readPod(ctx, "sbx-1"));
    await expect(asking).rejects.toMatchObject({ code: "deadline_exceeded" });
    await expect.poll(connections).toBe(0);
  });

  it("ends a watch that nobody answers with its signal, and hangs up", async () => {
    const api = await open(SILENT);
    const closing = new AbortController();
    const watching = api.watchPods("a=b", "7", () => undefined, closing.signal);
    await expect.poll(connections).toBe(1);
    closing.abort();
    await watching;
    await expect.poll(connections).toBe(0);
  });

  it("hands over the events of a watch, however they are cut, until the server ends it", async () => {
    let asked = "";
    const lines = [
      { type: "ADDED", object: { metadata: { name: "ä" } } },
      { type: "BOOKMARK", object: { metadata: {} } },
    ];
    const bytes = Buffer.from(lines.map((line) => JSON.stringify(line)).join("\n"));
    const cut = bytes.indexOf(0xc3) + 1;
    const api = await open((request, response) => {
      asked = request.url ?? "";
      response.write(bytes.subarray(0, cut));
      setTimeout(() => response.end(Buffer.concat([bytes.subarray(cut), Buffer.from("\n")])), 20);
    });
    const events: PodEvent[] = [];
    await api.watchPods("a=b", "7", (event) => events.push(event), new AbortController().signal);
    expect(events.map(({ type, pod }) => [type, pod.metadata?.name])).toEqual([
      ["ADDED", "ä"],
      ["BOOKMARK", undefined],
    ]);
    expect(asked).toMatch(/^\/api\/v1\/namespaces\/sandlot\/pods\?.*labelSelector=a%3Db&resourceVersion=7&/);
  });

  it("hangs up when the server says that the version is too old, in the stream or at once", async () => {
    const gone = { type: "ERROR", object: { kind: "Status", code: 410, reason: "Expired" } };
    const api = await open((request, response) => {
      if (request.url?.includes("resourceVersion=1&")) response.writeHead(410).end();
      else response.write(`${JSON.stringify(gone)}\n`);
    });
    const { signal } = new AbortController();
    await api.watchPods("a=b", "7", () => expect.unreachable(), signal);
    await expect(api.watchPods("a=b", "1", () => expect.unreachable(), signal)).rejects.toMatchObject({ code: 410 });
    await expect.poll(connections).toBe(0);
  });

  it("throws when the connection of a watch breaks", async () => {
    const api = await open((_request, response) => {
      response.write("\n");
      setTimeout(() => response.destroy(), 20);
    });
    const { signal } = new AbortController();
    await expect(api.watchPods("a=b", "7", () => undefined, signal)).rejects.toThrow();
  });

  it("asks what the cluster lets us do", async () => {
    const api = await open((_request, response) => {
      const body = JSON.stringify({ spec: {}, status: { allowed: false } });
      response.writeHead(201, { "content-type": "application/json" }).end(body);
    });
    expect(await api.holds(rootContext(), { verb: "watch", resource: "pods" })).toBe(false);
  });
});
