import { randomBytes, randomInt } from "node:crypto";
import type { Socket } from "node:net";
import { join } from "node:path";
import pLimit from "p-limit";
import { type Clock, sleep } from "../../core/clock.ts";
import { type CallContext, rootContext, throwIfEnded, withScope } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { newId } from "../../core/ids.ts";
import { AgentSandbox } from "../agent/agent-sandbox.ts";
import { agentConfig, type Interpreter } from "../agent/config.ts";
import { AgentConnection } from "../agent/connection.ts";
import { TOOLBOX_PYTHON } from "../agent/toolbox.ts";
import type { AgentTransport } from "../agent/transport.ts";
import { type SandboxEnd, sandboxFault } from "../faults.ts";
import { imageReference, readImageSource } from "../images/index.ts";
import { LABELS, listingOf } from "../labels.ts";
import type { ProviderReport, Sandbox, SandboxListing, SandboxOwner, SandboxProvider } from "../port.ts";
import { assertSupported, type SandboxMode, type SandboxSpec } from "../spec.ts";
import { connectTcp, socketTransport } from "../transports/index.ts";
import type { KubeApi, Right } from "./api.ts";
import { clusterError, isPolicyRefusal } from "./errors.ts";
import { AGENT_PORT, type PodInput, podName, podOf, type PodSecurity, sandboxIdOf, secretOf } from "./pod.ts";
import { lateness, stateOf } from "./pod-state.ts";
import { PodWatch } from "./pod-watch.ts";

/** Creations at once, whatever the pools ask for: each is little more than a wait. */
const PARALLEL_CREATES = 64;
/** From the pod's making to its agent's answer: a node may have to come, or to pull the image. Pools wait a little longer. */
const READY_MS = 170_000;
const GONE_MS = 60_000;
/** The node tells of a container's end about once in a second. */
const WAIT_FOR_FATE_MS = 3_000;
/** What an agent has said arrives before the cluster's word of its end, or soon after. */
const LAST_WORDS_MS = 2_000;
/** Users that no machine gives to anybody. */
const FIRST_USER = 1_000_000_000;
const USERS = 1_000_000_000;

/** Those of the role in docs/kubernetes.md. */
const RIGHTS: readonly Right[] = [
  ...["create", "get", "list", "watch", "delete"].map((verb) => ({ verb, resource: "pods" as const })),
  ...["create", "list", "delete"].map((verb) => ({ verb, resource: "secrets" as const })),
];

export interface KubernetesProviderOptions {
  readonly api: KubeApi;
  /** Put before the names of images, with a slash; nothing for names as they are. */
  readonly registry?: string | undefined;
  readonly security: PodSecurity;
  /** Part of a sandbox's processor time that its node reserves, above 0 and up to 1. */
  readonly cpuRequest: number;
  /** The folder `sandboxes/`. */
  readonly imagesRoot: string;
  readonly owner: SandboxOwner;
  /** Longest life of a sandbox, which the cluster holds, too. Milliseconds. */
  readonly maxAgeMs: number;
  readonly clock: Clock;
}

/** Sandboxes as pods, reached by their address over TCP. The cluster finds the node. */
export class KubernetesProvider implements SandboxProvider {
  readonly name = "kubernetes";
  readonly #options: KubernetesProviderOptions;
  readonly #watch: PodWatch;
  readonly #creating = pLimit(PARALLEL_CREATES);
  readonly #connected = new Map<string, AgentSandbox>();
  readonly #endings = new Map<string, Promise<void>>();
  /** The namespace's policy has refused an agent that may change users, and admitted one that may not. */
  #restricted = false;

  constructor(options: KubernetesProviderOptions) {
    this.#options = options;
    const { api, owner, clock } = options;
    const selector = `${LABELS.installation}=${owner.installation},${LABELS.owner}=${owner.owner}`;
    this.#watch = new PodWatch({ api, selector, clock, random: Math.random });
  }

  unenforced(mode: SandboxMode): Partial<Record<"processes_total" | "inodes", string>> {
    const processes_total = "a pod has no limit of processes of its own: only its node may (podPidsLimit)";
    const inodes = "a memory volume has no limit of inodes; what they take counts as the pod's memory";
    return mode === "C" ? { processes_total, inodes } : { processes_total };
  }

  async probe(ctx: CallContext): Promise<ProviderReport> {
    const { api, owner } = this.#options;
    try {
      const version = await api.version(ctx);
      await api.listPods(ctx, `${LABELS.installation}=${owner.installation}`);
      const held = await Promise.all(RIGHTS.map((right) => api.holds(ctx, right)));
      const missing = RIGHTS.filter((_, i) => !held[i]).map(({ verb, resource }) => `${verb} ${resource}`);
      if (missing.length > 0)
        return { available: false, detail: `Kubernetes ${version} does not let us ${missing.join(", ")}`, facts: {} };
      return { available: true, detail: `Kubernetes ${version} answers`, facts: { kubernetes: version } };
    } catch (error) {
      return { available: false, detail: `no usable Kubernetes: ${clusterError(error).message}`, facts: {} };
    }
  }

  create(ctx: CallContext, spec: SandboxSpec): Promise<Sandbox> {
    return this.#creating(async () => {
      assertSupported(spec);
      throwIfEnded(ctx);
      const id = newId("sandbox");
      this.#watch.expect(podName(id));
      try {
        return await this.#start(ctx, id, spec);
      } catch (error) {
        await this.#delete(rootContext(), id).catch(() => undefined);
        this.#watch.forget(podName(id));
        throw clusterError(error);
      }
    });
  }

  /** Pods, those that are ending included, and tokens of pods that never came to be. */
  async list(ctx: CallContext): Promise<SandboxListing[]> {
    const { api, owner } = this.#options;
    const selector = `${LABELS.installation}=${owner.installation}`;
    try {
      const [{ pods }, secrets] = await Promise.all([api.listPods(ctx, selector), api.listSecrets(ctx, selector)]);
      const found = [...pods.map(({ metadata }) => metadata ?? {}), ...secrets];
      const byName = new Map(found.map(({ name = "", labels = {} }) => [name, listingOf(sandboxIdOf(name), labels)]));
      return Array.from(byName.values());
    } catch (error) {
      throw clusterError(error);
    }
  }

  /** Waits until a pod of ours is gone; one of another server is only told to go. */
  async remove(ctx: CallContext, id: string): Promise<void> {
    const sandbox = this.#connected.get(id);
    sandbox?.disconnect();
    try {
      await (sandbox ? this.#end(id) : this.#delete(ctx, id));
    } catch (error) {
      throw clusterError(error);
    }
  }

  /** Stops watching. */
  close(): void {
    this.#watch.close();
  }

  async #start(ctx: CallContext, id: string, spec: SandboxSpec): Promise<Sandbox> {
    const { imagesRoot, owner, maxAgeMs, clock, security, cpuRequest, api } = this.#options;
    const { manifest, folder } = await readImageSource(imagesRoot, spec.image);
    const [image, toolbox] = await Promise.all([
      this.#reference(folder, spec.image),
      this.#reference(join(imagesRoot, "agent"), "toolbox"),
      this.#watch.start(ctx),
    ]);
    const user = FIRST_USER + randomInt(USERS);
    const changesUsers = spec.mode === "A" || (spec.mode !== "B" && !this.#restricted);
    const expiresAt = clock.now() + maxAgeMs;
    const input = { id, spec, owner, image, toolbox, user, changesUsers, security, cpuRequest, maxAgeMs, expiresAt };
    const token = randomBytes(32).toString("hex");
    await api.createSecret(ctx, secretOf(input, token));
    await this.#createPod(ctx, input);
    const plain: Interpreter = { kind: "fork", argv: TOOLBOX_PYTHON, preload: [] };
    const connection = await AgentConnection.open(ctx, {
      sandboxId: id,
      transport: await this.#connect(ctx, id),
      token,
      config: agentConfig(spec, { ...manifest.interpreters, plain }, { ownUsers: true, network: true }),
      clock,
    });
    const sandbox = new AgentSandbox({ id, provider: this.name, image, connection });
    this.#connected.set(id, sandbox);
    // The token has done its work. What cannot be deleted now is deleted with the pod.
    api.deleteSecret(rootContext(), podName(id)).catch(() => undefined);
    // A pod whose agent has ended stays on record until somebody deletes it. Should this fail, the reaper does.
    void sandbox.ended.then(() => this.#end(id).catch(() => undefined));
    return sandbox;
  }

  /** Where the namespace's policy is restricted the agent cannot change users: mode A is refused, mode C goes without. */
  async #createPod(ctx: CallContext, input: PodInput): Promise<void> {
    const { api } = this.#options;
    try {
      await api.createPod(ctx, podOf(input));
    } catch (error) {
      if (!isPolicyRefusal(error) || !input.changesUsers || input.spec.mode === "A") throw error;
      await api.createPod(ctx, podOf({ ...input, changesUsers: false }));
      this.#restricted = true;
    }
  }

  async #connect(ctx: CallContext, id: string): Promise<AgentTransport> {
    const { clock } = this.#options;
    const name = podName(id);
    let late: SandlotError = new SandlotError("sandbox_create_failed", {
      detail: "the cluster says nothing of the pod",
    });
    const scope = { timeoutMs: READY_MS, waitingFor: `the pod ${name}`, clock };
    return withScope(ctx, scope, async (within) => {
      try {
        const host = await this.#watch.until(within, name, (pod) => {
          const state = stateOf(pod);
          if (state.is === "ended") throw sandboxFault(id, state.end);
          if (state.is === "failed") throw state.error;
          if (state.is === "starting") late = lateness(state.scheduled, state.detail);
          return state.is === "running" ? state.address : undefined;
        });
        const address = { host, port: AGENT_PORT };
        late = lateness(true, `nobody answers at ${host}:${AGENT_PORT}; can we reach pods?`);
        const socket = await this.#whileItRuns(within, id, (running) => connectTcp(running, address, clock));
        return this.#transport(id, socket);
      } catch (error) {
        // Whoever has waited is to know what for, whoever's patience it was.
        throw SandlotError.is(error, "deadline_exceeded") ? late : error;
      }
    });
  }

  /** A pod that has ended may have said nothing: its network went with it. */
  #transport(id: string, socket: Socket): AgentTransport {
    const closed = new AbortController();
    socket.once("close", () => closed.abort());
    this.#ending(rootContext({ signal: closed.signal }), id)
      .then(() => sleep(this.#options.clock, LAST_WORDS_MS, closed.signal))
      .then(() => socket.destroy(new Error("the pod has ended")))
      .catch(() => undefined);
    return socketTransport(socket, () => this.#fateOf(id));
  }

  /** The value of `work`, or the pod's end when that comes first; the work is then called off. */
  async #whileItRuns<T>(ctx: CallContext, id: string, work: (ctx: CallContext) => Promise<T>): Promise<T> {
    const over = new AbortController();
    const running = { ...ctx, signal: AbortSignal.any([ctx.signal, over.signal]) };
    const ended = this.#ending(running, id).then((end) => ({ end }));
    const done = work(running).then((value) => ({ value }));
    for (const either of [ended, done]) either.catch(() => undefined);
    try {
      const first = await Promise.race([done, ended]);
      if ("end" in first) throw sandboxFault(id, first.end);
      return first.value;
    } finally {
      over.abort();
    }
  }

  /** How the pod ends, as soon as the cluster says so. */
  #ending(ctx: CallContext, id: string): Promise<SandboxEnd> {
    return this.#watch.until(ctx, podName(id), (pod) => {
      const state = stateOf(pod);
      return state.is === "ended" ? state.end : undefined;
    });
  }

  /** Why the pod's agent has ended; waits a moment for the node's word, then asks the API server itself. */
  async #fateOf(id: string): Promise<SandboxEnd> {
    const { api, clock } = this.#options;
    const scope = { timeoutMs: WAIT_FOR_FATE_MS, waitingFor: "the pod's end", clock };
    const ended = await withScope(rootContext(), scope, (within) => this.#ending(within, id)).catch(() => null);
    if (ended) return ended;
    try {
      const state = stateOf(await withScope(rootContext(), scope, (within) => api.readPod(within, podName(id))));
      return state.is === "ended"
        ? state.end
        : { cause: "agent_exit", detail: "the connection ended, the pod did not" };
    } catch (error) {
      return { cause: "engine", detail: `the API server does not answer: ${clusterError(error).message}` };
    }
  }

  /** Deletes a pod of ours and waits until it is gone; once, whoever asks. */
  #end(id: string): Promise<void> {
    const ending = this.#endings.get(id) ?? this.#deleteAndWait(id);
    this.#endings.set(id, ending);
    const forget = () => this.#endings.delete(id);
    ending.then(forget, forget);
    return ending;
  }

  async #deleteAndWait(id: string): Promise<void> {
    const name = podName(id);
    const scope = { timeoutMs: GONE_MS, waitingFor: `the pod ${name} to go`, clock: this.#options.clock };
    await withScope(rootContext(), scope, async (within) => {
      await this.#delete(within, id);
      await this.#watch.until(within, name, (pod) => (pod ? undefined : true));
    });
    this.#connected.delete(id);
    this.#watch.forget(name);
  }

  async #delete(ctx: CallContext, id: string): Promise<void> {
    const { api } = this.#options;
    await Promise.all([api.deletePod(ctx, podName(id)), api.deleteSecret(ctx, podName(id))]);
  }

  async #reference(folder: string, name: string): Promise<string> {
    const { registry } = this.#options;
    const reference = await imageReference(folder, name);
    return registry ? `${registry}/${reference}` : reference;
  }
}
