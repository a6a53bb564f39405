import { Balancer, type CallFacts, type Lease, type Policy, type Refusal } from "../../src/models/balancer/index.ts";
import type { EngineEvent } from "../../src/models/stand-in/engine/index.ts";
import { VirtualClock } from "./event-queue.ts";
import type { Node } from "./node.ts";
import { Meter, type Result } from "./results.ts";
import type { Scenario } from "./scenarios.ts";
import { BLOCK_TOKENS, SimulatedFleet } from "./simulated-fleet.ts";
import { blocksOf, type PlannedRollout, type PlannedTurn } from "./workload.ts";

/** Blocks in which prefixes are told to policies: fine for those that live by them, 4 KB of text for the rest. */
const [FINE_BLOCK_TOKENS, COARSE_BLOCK_TOKENS] = [256, 1_024];
const PROBE_MS = 2_000;
const TICK_MS = 1_000;
const QUEUE_DEADLINE_MS = 600_000;
/** After a replica that cannot be reached, as long as a gateway would wait before it asks again. */
const RETRY_MS = 100;
const LIMIT_MS = 50_000_000;

/** A turn on its way: one attempt at a time. */
interface Attempt {
  readonly id: string;
  readonly rollout: Running;
  readonly turn: PlannedTurn;
  readonly lease: Lease;
  readonly node: Node;
  generated: number;
}

interface Running {
  readonly plan: PlannedRollout;
  readonly startedAt: number;
  turn: number;
  turnAt: number;
  /** Of this turn. */
  attempts: number;
  hasFirstToken: boolean;
  avoid: string[];
  /** The replica that answered the turn before. */
  last: string | null;
}

/** Plays a workload against simulated replicas behind the balancer as it is shipped, in virtual time. */
export class Simulation {
  readonly #clock = new VirtualClock();
  readonly #scenario: Scenario;
  readonly #balancer: Balancer;
  readonly #fleet: SimulatedFleet;
  readonly #attempts = new Map<string, Attempt>();
  readonly #meter = new Meter();
  readonly #waiting: PlannedRollout[];
  readonly #answered = new Set<string>();
  readonly #prefixBlock: number | null;
  /** NeMo Gym tries the same replica for ever. */
  readonly #avoids: boolean;
  #active = 0;
  #left: number;
  /** How many rollouts the ramp at the beginning lets run. */
  #started = 0;

  constructor(scenario: Scenario, plans: readonly PlannedRollout[], policy: Policy) {
    this.#scenario = scenario;
    this.#waiting = plans.toReversed();
    this.#left = plans.length;
    const usesPrefixes = policy.name === "cache_aware" || policy.name === "scored";
    this.#prefixBlock = usesPrefixes ? FINE_BLOCK_TOKENS : scenario.isNamed ? null : COARSE_BLOCK_TOKENS;
    this.#avoids = policy.name !== "hash_mod";
    this.#balancer = new Balancer({ clock: this.#clock, policy });
    this.#fleet = new SimulatedFleet({
      clock: this.#clock,
      scenario,
      balancer: this.#balancer,
      onEvent: (event) => this.#onEvent(event),
      onCrash: (node) => {
        for (const attempt of this.#attempts.values()) if (attempt.node === node) this.#lose(attempt);
      },
    });
  }

  run(): Result {
    const { concurrent, rampSeconds, incidents } = this.#scenario;
    const isGoing = () => this.#left > 0;
    this.#clock.every(PROBE_MS, () => {
      this.#fleet.probe();
      return isGoing();
    });
    this.#clock.every(TICK_MS, () => {
      this.#balancer.tick();
      this.#fill();
      this.#sample();
      return isGoing();
    });
    for (const incident of incidents) this.#clock.after(incident.atSeconds * 1000, () => this.#fleet.happen(incident));
    for (let i = 0; i < concurrent; i++)
      this.#clock.after((i * rampSeconds * 1000) / concurrent, () => this.#fill(i + 1));
    this.#clock.runUntil(() => this.#left === 0 || this.#clock.monotonic() > LIMIT_MS);
    const preemptions = this.#fleet.nodes.reduce((sum, node) => sum + node.preemptions, 0);
    return this.#meter.result({ makespan: this.#clock.monotonic() / 1000, lost: this.#left, preemptions });
  }

  /** Starts rollouts while there may be more at once. */
  #fill(most = this.#started): void {
    const { concurrent, followsAdvice } = this.#scenario;
    this.#started = Math.max(this.#started, most);
    const advised = followsAdvice ? (this.#balancer.advisedSessions ?? 0) : concurrent;
    const limit = Math.min(concurrent, this.#started, advised);
    while (this.#active < limit) {
      const plan = this.#waiting.pop();
      if (!plan) return;
      this.#active++;
      this.#meter.mostAtOnce = Math.max(this.#meter.mostAtOnce, this.#active);
      const now = this.#clock.monotonic();
      this.#beginTurn({
        plan,
        startedAt: now,
        turn: 0,
        turnAt: now,
        attempts: 0,
        hasFirstToken: false,
        avoid: [],
        last: null,
      });
    }
  }
  #beginTurn(rollout: Running): void {
    rollout.turnAt = this.#clock.monotonic();
    rollout.attempts = 0;
    rollout.hasFirstToken = false;
    rollout.avoid = [];
    this.#ask(rollout);
  }

  #ask(rollout: Running): void {
    const answer = this.#balancer.acquire(this.#factsOf(rollout));
    if (answer.kind === "ticket") answer.onSettled((result) => this.#go(rollout, result));
    else this.#go(rollout, answer);
  }

  #go(rollout: Running, answer: Lease | Refusal): void {
    if (answer.kind === "refusal") {
      this.#meter.refused++;
      this.#clock.after(RETRY_MS, () => this.#ask(rollout));
    } else this.#send(rollout, answer);
  }

  #send(rollout: Running, lease: Lease): void {
    const node = this.#fleet.node(lease.replica);
    const turn = rollout.plan.turns[rollout.turn];
    if (!turn) throw new Error("a lease for no turn");
    if (rollout.attempts++ > 0) this.#meter.resent++;
    if (node.status === "down") {
      lease.fail("connect_failed");
      this.#again(rollout, lease);
      return;
    }
    const id = `${rollout.plan.index}.${rollout.turn}.${rollout.attempts}`;
    const attempt: Attempt = { id, rollout, turn, lease, node, generated: 0 };
    this.#attempts.set(id, attempt);
    lease.onRevoked(() => {
      node.abort(id);
      // The balancer is in the middle of something.
      this.#clock.after(0, () => this.#lose(attempt));
    });
    const { promptTokens, outputTokens } = turn;
    const blocks = blocksOf(rollout.plan, promptTokens + outputTokens, BLOCK_TOKENS);
    node.submit({ id, promptTokens, outputTokens, blocks });
  }

  #onEvent(event: EngineEvent): void {
    const attempt = this.#attempts.get(event.id);
    if (!attempt) return;
    switch (event.type) {
      case "started":
        this.#meter.promptTokens += attempt.turn.promptTokens;
        this.#meter.cachedTokens += event.cachedTokens;
        break;
      case "tokens":
        attempt.generated += event.count;
        if (attempt.rollout.hasFirstToken) break;
        attempt.rollout.hasFirstToken = true;
        this.#meter.ttft.push(this.#secondsSince(attempt.rollout.turnAt));
        break;
      case "finished":
        this.#finish(attempt);
        break;
      case "preempted":
        break;
    }
  }

  #finish({ id, rollout, turn, lease, node }: Attempt): void {
    this.#attempts.delete(id);
    const { plan } = rollout;
    const turnKey = `${plan.index}.${rollout.turn}`;
    if (this.#answered.has(turnKey)) this.#meter.duplicated++;
    this.#answered.add(turnKey);
    this.#meter.usefulTokens += turn.outputTokens;
    this.#meter.turns.push(this.#secondsSince(rollout.turnAt));
    if (rollout.last !== null && rollout.last !== lease.replica) this.#meter.moves++;
    rollout.last = lease.replica;
    rollout.turn++;
    const isLast = rollout.turn === plan.turns.length;
    if (isLast && this.#scenario.finishes) this.#clock.after(0, () => this.#balancer.finish(String(plan.index)));
    const { promptTokens, outputTokens } = turn;
    const version = lease.release({ promptTokens, completionTokens: outputTokens });
    if (lease.weightVersion === null || version !== node.version) this.#meter.unversioned++;
    if (!isLast) {
      this.#clock.after(turn.toolMs, () => this.#beginTurn(rollout));
      return;
    }
    this.#meter.rollouts.push(this.#secondsSince(rollout.startedAt));
    this.#left--;
    this.#active--;
    this.#fill();
  }

  /** The attempt will not be answered. */
  #lose(attempt: Attempt): void {
    if (!this.#attempts.delete(attempt.id)) return;
    this.#meter.redoneTokens += attempt.generated;
    attempt.lease.fail("server_error");
    this.#again(attempt.rollout, attempt.lease);
  }

  #again(rollout: Running, { replica }: Lease): void {
    if (this.#avoids) rollout.avoid = [...rollout.avoid.slice(-1), replica];
    this.#clock.after(RETRY_MS, () => this.#ask(rollout));
  }

  #factsOf({ plan, turn, avoid }: Running): CallFacts {
    const promptTokens = plan.turns[turn]?.promptTokens ?? 1;
    const names = this.#scenario.isNamed ? { session: String(plan.index), group: `g${plan.group}` } : {};
    const block = this.#prefixBlock;
    return {
      ...names,
      ...(block === null ? {} : { prefix: { hashes: blocksOf(plan, promptTokens, block), blockTokens: block } }),
      size: { bytes: Math.round(promptTokens * plan.bytesPerToken) },
      continued: turn > 0,
      deadline: this.#clock.monotonic() + QUEUE_DEADLINE_MS,
      avoid,
    };
  }

  /** Only while there is enough to do for balance to mean something. */
  #sample(): void {
    const most = Math.min(this.#scenario.concurrent, this.#meter.mostAtOnce);
    if (this.#active < most / 2 || this.#clock.monotonic() < 30_000) return;
    const counters = this.#fleet.nodes.map((node) => node.counters);
    this.#meter.sample(
      counters.map(({ running, waiting }) => running + waiting),
      counters.map(({ kvUsage }) => kvUsage),
    );
  }

  #secondsSince(at: number): number {
    return (this.#clock.monotonic() - at) / 1000;
  }
}
