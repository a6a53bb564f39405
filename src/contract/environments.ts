import { z } from "zod";

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

export const EnvironmentList = z.object({ items: z.array(EnvironmentView) }).meta({ id: "EnvironmentList" });
export type EnvironmentList = z.infer<typeof EnvironmentList>;

/** A configured model as the API shows it; its key and URL stay on the server. */
export const ModelView = z
  .object({
    name: z.string(),
    upstream: z.string().describe("The name the endpoint knows it by."),
    replay: z.boolean(),
  })
  .meta({ id: "Model" });

export const ModelList = z.object({ items: z.array(ModelView) }).meta({ id: "ModelList" });
export type ModelList = z.infer<typeof ModelList>;
