import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { ContainerCreateOptions } from "dockerode";
import pLimit from "p-limit";
import type { Clock } from "../../core/clock.ts";
import { type CallContext, throwIfEnded } from "../../core/context.ts";
import { messageOf, SandlotError } from "../../core/errors/sandlot-error.ts";
import { newId } from "../../core/ids.ts";
import { AgentSandbox } from "../agent/agent-sandbox.ts";
import { agentConfig, type Interpreter } from "../agent/config.ts";
import { AgentConnection } from "../agent/connection.ts";
import { TOOLBOX_PYTHON } from "../agent/toolbox.ts";
import type { AgentTransport } from "../agent/transport.ts";
import { LABELS, listingOf } from "../labels.ts";
import type { ProviderReport, Sandbox, SandboxListing, SandboxOwner, SandboxProvider } from "../port.ts";
import { assertSupported, type SandboxMode, type SandboxSpec } from "../spec.ts";
import { type ContainerInput, containerOptions } from "./container.ts";
import { connectEngine, type Engine, engineError, engineStatus, removeContainer } from "./engine.ts";
import { EngineEvents } from "./events.ts";
import { EngineFacts } from "./facts.ts";
import { SandboxImages } from "./images.ts";
import { SocketFolders } from "./socket-folders.ts";
import { startContainer } from "./start.ts";
import { ensureToolboxVolume } from "./toolbox.ts";

/** Creations at once: more only queue inside the engine. */
const PARALLEL_CREATES = 4;
/** Longest time between a container's making and its start, milliseconds: each is one short call of the engine. */
const STARTING_MS = 5 * 60_000;

export interface DockerProviderOptions {
  /** The engine's socket. */
  readonly socketPath: string;
  /** The folder `sandboxes/`. */
  readonly imagesRoot: string;
  readonly owner: SandboxOwner;
  /** Longest life of a sandbox; a reaper of any server may remove it afterwards. Milliseconds. */
  readonly maxAgeMs: number;
  /**
   * Folder for the Unix sockets of agents, absolute. They are used where it is plain that the engine shares the folder,
   * or `always`; else agents speak over the engine's attach streams.
   */
  readonly sockets?: { readonly folder: string; readonly always: boolean } | undefined;
  readonly clock: Clock;
}

/** Sandboxes as containers of a Docker engine. */
export class DockerProvider implements SandboxProvider {
  readonly name = "docker";
  readonly #options: DockerProviderOptions;
  readonly #engine: Engine;
  readonly #events: EngineEvents;
  readonly #facts: EngineFacts;
  readonly #images: SandboxImages;
  readonly #sockets: SocketFolders | null;
  readonly #creating = pLimit(PARALLEL_CREATES);
  readonly #connected = new Map<string, AgentSandbox>();
  #toolbox: Promise<string> | null = null;
  /** Until the engine says that it does not know one. */
  #seesFolders = true;

  constructor(options: DockerProviderOptions) {
    this.#options = options;
    this.#engine = connectEngine(options.socketPath);
    this.#facts = new EngineFacts(this.#engine);
    this.#images = new SandboxImages(this.#engine, options.imagesRoot);
    const { sockets, owner, maxAgeMs } = options;
    this.#sockets = sockets ? new SocketFolders(sockets.folder, owner, maxAgeMs) : null;
    this.#events = new EngineEvents({
      engine: this.#engine,
      installation: options.owner.installation,
      clock: options.clock,
    });
  }

  unenforced(mode: SandboxMode, runtime: string): Partial<Record<"inodes", string>> {
    const inodes = "gVisor's mounts have no limit of inodes; what they take counts as the sandbox's memory";
    return mode === "C" && runtime !== "default" ? { inodes } : {};
  }

  async probe(): Promise<ProviderReport> {
    try {
      const info = (await this.#engine.short.info()) as Record<string, unknown>;
      const facts = {
        engine: String(info["ServerVersion"]),
        cgroup: `v${String(info["CgroupVersion"])} (${String(info["CgroupDriver"])})`,
        storage: String(info["Driver"]),
        kernel: String(info["KernelVersion"]),
        runtimes: Object.keys((info["Runtimes"] as object | null) ?? {}).join(", "),
        security: ((info["SecurityOptions"] as string[] | null) ?? []).map((o) => o.replace(/^name=/, "")).join(", "),
      };
      return { available: true, detail: `engine ${facts.engine} answers`, facts };
    } catch (error) {
      return {
        available: false,
        detail: `no Docker engine at ${this.#options.socketPath}: ${messageOf(error)}`,
        facts: {},
      };
    }
  }

  create(ctx: CallContext, spec: SandboxSpec): Promise<Sandbox> {
    return this.#creating(async () => {
      assertSupported(spec);
      throwIfEnded(ctx);
      const id = newId("sandbox");
      try {
        return await this.#start(ctx, id, spec);
      } catch (error) {
        const filling = this.#toolbox;
        // The volume may have been removed by hand, and the engine has made an empty one instead.
        this.#toolbox = null;
        // What this creation has begun is over when it fails.
        await Promise.allSettled([filling, this.#destroy(id)]);
        throw engineError(error);
      }
    });
  }

  async list(): Promise<SandboxListing[]> {
    const label = `${LABELS.installation}=${this.#options.owner.installation}`;
    const containers = await this.#engine.short
      .listContainers({ all: true, filters: { label: [label] } })
      .catch((error: unknown) => {
        throw engineError(error);
      });
    const listings = containers.map(({ Names, Labels, State, Created }) => {
      const listing = listingOf((Names[0] ?? "").replace(/^\//, ""), Labels);
      // Its maker died between making and starting it, so there is no agent in it to end it.
      const lost = State === "created" ? Created * 1000 + STARTING_MS : Infinity;
      return { ...listing, expiresAt: Math.min(listing.expiresAt, lost) };
    });
    const known = new Set(listings.map(({ id }) => id));
    const folders = (await this.#sockets?.list()) ?? [];
    return [...listings, ...folders.filter(({ id }) => !known.has(id))];
  }

  async remove(_ctx: CallContext, id: string): Promise<void> {
    await this.#destroy(id).catch((error: unknown) => {
      throw engineError(error);
    });
  }

  /** Stops watching the engine's events. */
  close(): void {
    this.#events.close();
  }

  async #start(ctx: CallContext, id: string, spec: SandboxSpec): Promise<Sandbox> {
    const { owner, maxAgeMs, clock } = this.#options;
    const [manifest, image, toolbox, appArmor, seccomp] = await Promise.all([
      this.#images.manifest(spec.image),
      this.#images.reference(spec.image),
      this.#toolboxVolume(),
      this.#facts.hasAppArmor(),
      seccompProfile(),
      this.#facts.requireRuntime(spec.runtime),
      this.#events.watch(),
    ]);
    const token = randomBytes(32).toString("hex");
    const expiresAt = clock.now() + maxAgeMs;
    const input = { id, spec, owner, image, toolbox, token, expiresAt, seccomp, appArmor };
    const transport = await this.#reach(ctx, input);
    const plain: Interpreter = { kind: "fork", argv: TOOLBOX_PYTHON, preload: [] };
    const connection = await AgentConnection.open(ctx, {
      sandboxId: id,
      transport,
      token,
      config: agentConfig(spec, { ...manifest.interpreters, plain }, { ownUsers: false }),
      clock,
    });
    const sandbox = new AgentSandbox({ id, provider: this.name, image, connection });
    this.#connected.set(id, sandbox);
    void sandbox.ended.then(() => this.#connected.delete(id));
    return sandbox;
  }

  /** Makes and starts the container; answers the way to its agent. */
  async #reach(ctx: CallContext, input: ContainerInput): Promise<AgentTransport> {
    const { id, spec } = input;
    const socket = (await this.#usesSocket(spec)) ? ((await this.#sockets?.open(id)) ?? null) : null;
    try {
      await this.#make(spec, containerOptions({ ...input, socketFolder: socket?.path }));
      const diagnose = (stderr: string) => this.#events.fateOf(id, stderr);
      return await startContainer(ctx, this.#engine, { id, socket, diagnose, clock: this.#options.clock });
    } catch (error) {
      // The engine names this machine and yet sees other files: this process is in a container of its own.
      const unseen = socket !== null && messageOf(error).includes(socket.path);
      if (!unseen || this.#options.sockets?.always) throw error;
      this.#seesFolders = false;
      return await this.#reach(ctx, input);
    } finally {
      socket?.close();
    }
  }

  async #make(spec: SandboxSpec, options: ContainerCreateOptions): Promise<void> {
    await this.#engine.short.createContainer(options).catch((error: unknown) => {
      if (engineStatus(error) !== 404) throw error;
      this.#images.forget(spec.image);
      throw new SandlotError("sandbox_image_missing", { image: spec.image });
    });
  }

  async #destroy(id: string): Promise<void> {
    this.#connected.get(id)?.disconnect();
    await removeContainer(this.#engine.short.getContainer(id));
    await this.#sockets?.remove(id);
  }

  async #usesSocket({ runtime }: SandboxSpec): Promise<boolean> {
    // Other runtimes may keep sandboxes from sockets of the machine, as gVisor does.
    if (this.#options.sockets?.always) return true;
    return this.#seesFolders && runtime === "default" && (await this.#facts.sharesMachine());
  }

  #toolboxVolume(): Promise<string> {
    this.#toolbox ??= this.#fillToolbox();
    // A failure is not remembered: the image may be built a moment later.
    this.#toolbox.catch(() => (this.#toolbox = null));
    return this.#toolbox;
  }

  async #fillToolbox(): Promise<string> {
    const { owner, clock } = this.#options;
    return ensureToolboxVolume(this.#engine, await this.#images.toolbox(), { owner, clock });
  }
}

/** The engine takes the profile as text: without the comments and line breaks that people need. */
async function seccompProfile(): Promise<string> {
  return JSON.stringify(JSON.parse(await readFile(new URL("./seccomp.json", import.meta.url), "utf8")));
}
