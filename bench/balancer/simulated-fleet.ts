import type { Balancer } from "../../src/models/balancer/index.ts";
import type { EngineEvent } from "../../src/models/stand-in/engine/index.ts";
import type { VirtualClock } from "./event-queue.ts";
import { Node } from "./node.ts";
import type { Incident, Scenario } from "./scenarios.ts";

export const BLOCK_TOKENS = 64;

export interface SimulatedFleetOptions {
  readonly clock: VirtualClock;
  readonly scenario: Scenario;
  readonly balancer: Balancer;
  readonly onEvent: (event: EngineEvent) => void;
  /** What the node had is lost. */
  readonly onCrash: (node: Node) => void;
}

/** The replicas, and what tells the balancer of them: membership, probes and scrapes, as a gateway would. */
export class SimulatedFleet {
  readonly #clock: VirtualClock;
  readonly #scenario: Scenario;
  readonly #balancer: Balancer;
  readonly #onCrash: (node: Node) => void;
  readonly #nodes = new Map<string, Node>();
  #generation = 0;

  /** Its replicas are known to the balancer and ready. */
  constructor({ clock, scenario, balancer, onEvent, onCrash }: SimulatedFleetOptions) {
    this.#clock = clock;
    this.#scenario = scenario;
    this.#balancer = balancer;
    this.#onCrash = onCrash;
    const shape = { kvTokens: scenario.kvTokens, blockTokens: BLOCK_TOKENS };
    for (let i = 0; i < scenario.replicas; i++) this.#nodes.set(`r${i}`, new Node(clock, shape, onEvent));
    this.#setMembers([]);
    this.probe();
    this.probe();
  }

  get nodes(): readonly Node[] {
    return [...this.#nodes.values()];
  }

  node(id: string): Node {
    const node = this.#nodes.get(id);
    if (!node) throw new RangeError(`no replica ${id}`);
    return node;
  }

  happen(incident: Incident): void {
    switch (incident.kind) {
      case "slow":
        this.node(`r${incident.replica}`).slow = incident.factor;
        break;
      case "hang":
        this.node(`r${incident.replica}`).hang();
        break;
      case "crash":
        this.node(`r${incident.replica}`).crash();
        this.#onCrash(this.node(`r${incident.replica}`));
        break;
      case "start":
        this.node(`r${incident.replica}`).start();
        break;
      case "update":
        this.#update(incident.seconds, incident.version);
        break;
      case "members":
        this.#setMembers(incident.absent);
        break;
    }
  }

  #update(seconds: number, weightVersion: string): void {
    for (const [id, node] of this.#nodes) {
      this.#balancer.pause(id);
      node.pause();
    }
    this.#clock.after(seconds * 1000, () => {
      for (const [id, node] of this.#nodes) {
        node.resume(weightVersion);
        this.#balancer.resume(id, { weightVersion });
      }
    });
  }

  #setMembers(absent: readonly number[]): void {
    const ids = [...this.#nodes.keys()].filter((_, i) => !absent.includes(i));
    const { kvTokens } = this.#scenario;
    const members = ids.map((id) => ({ id, kvTokens, maxSequences: 256, maxInFlight: 512 }));
    this.#balancer.setMembers({ generation: this.#generation++, members });
    for (const [id, { version }] of this.#nodes)
      if (ids.includes(id)) this.#balancer.resume(id, { weightVersion: version });
  }

  probe(): void {
    for (const [id, node] of this.#nodes) {
      this.#balancer.probed(id, node.status === "down" ? "bad" : "good");
      if (node.status === "down") continue;
      const { steps, waiting, preemptions } = node.counters;
      this.#balancer.scraped(id, { iterations: steps, waiting, preemptions });
    }
  }
}
