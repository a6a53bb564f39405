import { SandlotError } from "../core/errors/sandlot-error.ts";
import { nearestName } from "../core/nearest.ts";
import type { Agent } from "./port.ts";

/** The agents a process knows, by name. */
export interface AgentRegistry {
  readonly names: readonly string[];
  /** Throws `invalid_config` for an unknown name; `source` is where it was read, e.g. `environments/x/environment.yaml`. */
  get(name: string, source: string): Agent;
}

export function createAgentRegistry(agents: readonly Agent[]): AgentRegistry {
  const byName = new Map(agents.map((agent) => [agent.name, agent]));
  const names = [...byName.keys()];
  return {
    names,
    get: (name, source) => {
      const agent = byName.get(name);
      if (agent !== undefined) return agent;
      const nearest = nearestName(name, names);
      const meant = nearest === undefined ? "" : ` Did you mean ${nearest}?`;
      const problem = `there is no agent "${name}"; the agents are: ${names.join(", ")}.${meant}`;
      throw new SandlotError("invalid_config", { source, fields: [{ field: "agent", problem }] });
    },
  };
}
