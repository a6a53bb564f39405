import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { nearestName } from "../../core/nearest.ts";
import type { Access } from "../access/access.ts";
import { localServer, namedServer } from "../access/find-server.ts";
import { endpointFlags, loadSettings } from "../access/settings.ts";
import { startOwnServer } from "../access/start-server.ts";
import type { CommandCall } from "../command-call.ts";
import { providerFlag } from "../provider-option.ts";
import type { RunOptions } from "./run-options.ts";

/** A server that plays: the one that is named or runs, else one of our own with the options' endpoint. */
export async function serverForRun(call: CommandCall<RunOptions>, model: string): Promise<Access> {
  const named = await namedServer(call);
  if (named) return asItIs(call, named);
  const { options } = call;
  const local = await localServer(call, (await loadSettings(call)).config);
  // Another command's server ends with that command, and would take our job with it.
  if (local?.purpose === "serve") return asItIs(call, local);
  await local?.close();
  if (options.detach) {
    throw new SandlotError("invalid_request", {
      fields: [
        { field: "--detach", problem: "needs a running server: start one with `sandlot serve`, or name it with --url" },
      ],
    });
  }
  const { config } = await loadSettings(call, [
    ...(await endpointFlags(call, options)),
    { flag: "--concurrency", path: ["worker", "concurrency"], value: options.concurrency },
    providerFlag(options.provider),
  ]);
  // Known before database and sandboxes are started.
  if (!Object.hasOwn(config.models, model)) {
    const nearest = nearestName(model, Object.keys(config.models));
    throw new SandlotError("unknown_model", { name: model, ...(nearest ? { nearest } : {}) });
  }
  return startOwnServer(call, { config, plays: true });
}

/** A server that runs has its own models and limits: options that would change them are refused. */
async function asItIs({ options, signal }: CommandCall<RunOptions>, access: Access): Promise<Access> {
  const { modelUrl, concurrency, provider } = options;
  try {
    if (modelUrl !== undefined) {
      const { items } = await access.client.listModels({ signal });
      const models = items.length === 0 ? "no models" : `its own models (${items.map(({ name }) => name).join(", ")})`;
      throw fixed(
        "--model-url",
        `cannot be given to the server that runs at ${access.url}, which has ${models}; choose one with --model, or pass another --data-dir`,
      );
    }
    if (concurrency !== undefined) throw fixed("--concurrency", `is set where the server at ${access.url} was started`);
    if (provider !== undefined) throw fixed("--provider", `is set where the server at ${access.url} was started`);
  } catch (error) {
    await access.close();
    throw error;
  }
  return access;
}

function fixed(field: string, problem: string): SandlotError {
  return new SandlotError("invalid_request", { fields: [{ field, problem }] });
}
