import type { z } from "zod";
import type { EnvironmentView, ModelView } from "../contract/environments.ts";
import type { CallContext } from "../core/context.ts";
import { messageOf } from "../core/errors/sandlot-error.ts";
import type { Environment, Environments } from "../resources/index.ts";
import type { Platform } from "./platform.ts";

/** Every environment that loads, as the API shows it; a broken one is logged and left out. */
export async function environmentViews(ctx: CallContext, environments: Environments): Promise<EnvironmentView[]> {
  const views: EnvironmentView[] = [];
  for (const name of await environments.names()) {
    try {
      views.push(await environmentView(ctx, await environments.get(name)));
    } catch (error) {
      ctx.logger.warn({ environment: name, problem: messageOf(error) }, "an environment cannot be loaded");
    }
  }
  return views;
}

/** Every configured model, as the API shows it. */
export function modelViews({ models, work }: Pick<Platform, "models" | "work">): z.output<typeof ModelView>[] {
  const outages = work?.admission().outages.filter(({ isOpen }) => isOpen) ?? [];
  const down = new Set(outages.map(({ model }) => model));
  return Array.from(models.values(), ({ name, upstream, replay }) => ({
    name,
    upstream,
    replay,
    down: down.has(name),
  }));
}

async function environmentView(ctx: CallContext, environment: Environment): Promise<EnvironmentView> {
  const { name, description, licence, agent, tools, reward_range, datasets } = environment.manifest;
  const counted = datasets.map(async (dataset) => ({
    name: dataset.name,
    tasks: (await environment.dataset(ctx, dataset.name)).length,
  }));
  return { name, description, licence, agent, tools, reward_range, datasets: await Promise.all(counted) };
}
