import { Command } from "commander";
import type { Client } from "../../client/index.ts";
import type { PoolView, ScaleInput } from "../../contract/pools.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { withAccess } from "../access/access.ts";
import { action, type CommandCall } from "../command-call.ts";
import { wholeNumber } from "../option-values.ts";
import { poolScreen, poolTable } from "../sandbox/pool-screens.ts";
import { runningSandboxes } from "../sandbox/sandbox-access.ts";
import type { Session } from "../session.ts";

interface ScaleOptions {
  readonly min?: number;
  readonly max?: number;
  readonly idleBuffer?: number;
}

/** `sandlot pool`: the pools of sandboxes of the running server. */
export function poolCommand(session: Session): Command {
  const list = new Command("list").description("pools of sandboxes").action(action(session, listPools));
  const describe = new Command("describe")
    .description("one pool: what its sandboxes are, its sizes and counts")
    .argument("<pool>", "its id")
    .action(action(session, (call) => onePool(call, (client, id) => client.getPool(id, { signal: call.signal }))));
  const scale = new Command("scale")
    .description("change the sizes of a pool until the server ends; what is not given stays")
    .argument("<pool>", "its id")
    .option("--min <number>", "sandboxes kept even when nobody asks", wholeNumber())
    .option("--max <number>", "sandboxes at most", wholeNumber(1))
    .option("--idle-buffer <number>", "idle sandboxes kept ready while there is demand", wholeNumber())
    .action(action<ScaleOptions>(session, scalePool));
  const drain = new Command("drain")
    .description("hand out no more sandboxes of a pool, and remove each as it comes back")
    .argument("<pool>", "its id")
    .action(action(session, (call) => onePool(call, (client, id) => client.drainPool(id, { signal: call.signal }))));
  return new Command("pool")
    .description("list, scale and drain pools of sandboxes")
    .addCommand(list, { isDefault: true })
    .addCommand(describe)
    .addCommand(scale)
    .addCommand(drain);
}

async function listPools(call: CommandCall): Promise<void> {
  const { screen, signal } = call;
  const found = await withAccess(call, await runningSandboxes(call), ({ client }) => client.listPools({ signal }));
  screen.document(found);
  if (found.items.length === 0) screen.print("no pools: they are made when somebody asks for a sandbox");
  else screen.print(...poolTable(screen, found.items));
}

async function scalePool(call: CommandCall<ScaleOptions>): Promise<void> {
  const { min, max, idleBuffer } = call.options;
  const sizes: ScaleInput = {
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(idleBuffer === undefined ? {} : { idle_buffer: idleBuffer }),
  };
  if (Object.keys(sizes).length === 0) {
    const fields = [{ field: "--min", problem: "give at least one of --min, --max and --idle-buffer" }];
    throw new SandlotError("invalid_request", { fields });
  }
  await onePool(call, (client, id) => client.scalePool(id, sizes, { signal: call.signal }));
}

/** Does something with the pool that the command line names, and shows it. */
async function onePool(call: CommandCall, act: (client: Client, id: string) => Promise<PoolView>): Promise<void> {
  const { screen, args } = call;
  const pool = await withAccess(call, await runningSandboxes(call), ({ client }) => act(client, args[0] ?? ""));
  screen.document(pool);
  screen.print(...poolScreen(screen, pool));
}
