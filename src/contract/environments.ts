import { z } from "zod";
import { BOUNDS } from "./limits.ts";
import { printable } from "./printable.ts";
import type { Route } from "./route.ts";

/** An environment as the API shows it. */
export const EnvironmentView = z
  .object({
    name: z.string(),
    description: z.string(),
    licence: z.string(),
    agent: z.string(),
    tools: z.array(z.string()),
    reward_range: z.tuple([z.number(), z.number()]),
    datasets: z.array(z.object({ name: z.string(), tasks: z.int() })),
  })
  .meta({ id: "Environment" });
export type EnvironmentView = z.infer<typeof EnvironmentView>;

/** Tasks of a dataset, as a job's `task_ids` name them. */
export const TaskPage = z
  .object({
    items: z.array(z.object({ id: z.string() })),
    total: z.int().min(0).describe("Tasks of the whole dataset."),
  })
  .meta({ id: "TaskPage" });
export type TaskPage = z.infer<typeof TaskPage>;

export const EnvironmentList = z.object({ items: z.array(EnvironmentView) }).meta({ id: "EnvironmentList" });
export type EnvironmentList = z.infer<typeof EnvironmentList>;

/** A configured model as the API shows it; its key and URL stay on the server. */
export const ModelView = z
  .object({
    name: z.string(),
    upstream: z.string().describe("The name the endpoint knows it by."),
    replay: z.boolean(),
    down: z
      .boolean()
      .describe("Whether it does not answer at the moment, as far as this process plays with it; its rollouts wait."),
  })
  .meta({ id: "Model" });

export const ModelList = z.object({ items: z.array(ModelView) }).meta({ id: "ModelList" });
export type ModelList = z.infer<typeof ModelList>;

/** What jobs can name. */
export const CATALOGUE_ROUTES = {
  listEnvironments: {
    method: "GET",
    path: "/api/v1/environments",
    summary: "Environments that can be played",
    scope: "jobs",
    status: 200,
    response: EnvironmentList,
  },
  getEnvironment: {
    method: "GET",
    path: "/api/v1/environments/{name}",
    summary: "One environment",
    scope: "jobs",
    status: 200,
    response: EnvironmentView,
  },
  listTasks: {
    method: "GET",
    path: "/api/v1/environments/{name}/tasks",
    summary: "Ids of a dataset's tasks, in its order",
    scope: "jobs",
    query: z.object({
      dataset: printable(128).min(1).optional().describe("Default: the environment's first."),
      offset: z.coerce.number().int().min(0).default(0),
      limit: z.coerce.number().int().min(1).max(BOUNDS.rowsPerJob).default(1000),
    }),
    status: 200,
    response: TaskPage,
  },
  listModels: {
    method: "GET",
    path: "/api/v1/models",
    summary: "Configured models",
    scope: "jobs",
    status: 200,
    response: ModelList,
  },
} as const satisfies Record<string, Route>;
