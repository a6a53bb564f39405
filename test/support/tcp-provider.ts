import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Docker from "dockerode";
import { systemClock } from "../../src/core/clock.ts";
import { type CallContext, withScope } from "../../src/core/context.ts";
import { newId } from "../../src/core/ids.ts";
import { AgentSandbox } from "../../src/sandbox/agent/agent-sandbox.ts";
import { agentConfig } from "../../src/sandbox/agent/config.ts";
import { AgentConnection } from "../../src/sandbox/agent/connection.ts";
import { AGENT_COMMAND, TOOLBOX_PYTHON } from "../../src/sandbox/agent/toolbox.ts";
import { containerOptions } from "../../src/sandbox/docker/container.ts";
import { connectEngine } from "../../src/sandbox/docker/engine.ts";
import { ensureToolboxVolume } from "../../src/sandbox/docker/toolbox.ts";
import { readImageSource } from "../../src/sandbox/images/index.ts";
import type { Sandbox, SandboxListing, SandboxOwner, SandboxProvider, SandboxSpec } from "../../src/sandbox/index.ts";
import { connectTcp, socketTransport } from "../../src/sandbox/transports/index.ts";

const PORT = 7460;
const profile = readFileSync(new URL("../../src/sandbox/docker/seccomp.json", import.meta.url), "utf8");
const seccomp = JSON.stringify(JSON.parse(profile));

export interface TcpProviderOptions {
  readonly socketPath: string;
  readonly imagesRoot: string;
  /** References; both are there. */
  readonly toolbox: string;
  readonly image: string;
  readonly owner: SandboxOwner;
}

/**
 * Sandboxes that are like pods: containers as the Docker provider makes them, but on a network of their own without a way
 * out, whose agents listen on TCP, and with the file for a last message that everybody may write. For tests: no product
 * provider gives a container a network.
 */
export class TcpProvider implements SandboxProvider {
  readonly name = "docker";
  readonly #options: TcpProviderOptions;
  readonly #engine: Docker;
  readonly #network = `sandlot-test-${randomBytes(4).toString("hex")}`;
  readonly #made = new Map<string, { listing: SandboxListing; sandbox: AgentSandbox | null }>();
  readonly #folder = mkdtempSync(join(tmpdir(), "sandlot-pods-"));
  #ready: Promise<unknown> | null = null;

  constructor(options: TcpProviderOptions) {
    this.#options = options;
    this.#engine = new Docker({ socketPath: options.socketPath });
  }

  async probe() {
    return { available: true, detail: "for tests", facts: { network: this.#network } };
  }

  async create(ctx: CallContext, spec: SandboxSpec): Promise<Sandbox> {
    const { socketPath, imagesRoot, owner, image } = this.#options;
    this.#ready ??= this.#engine.createNetwork({ Name: this.#network, Internal: true, CheckDuplicate: true });
    const { manifest } = await readImageSource(imagesRoot, spec.image);
    await this.#ready;
    const id = newId("sandbox");
    const lastMessage = join(this.#folder, id);
    writeFileSync(lastMessage, "");
    chmodSync(lastMessage, 0o666);
    const token = randomBytes(32).toString("hex");
    const toolbox = await ensureToolboxVolume(connectEngine(socketPath), this.#options.toolbox, {
      owner,
      clock: systemClock,
    });
    const expiresAt = Date.now() + 3_600_000;
    const input = { id, spec, owner, image, toolbox, token, expiresAt, seccomp, appArmor: false };
    const { HostConfig, ...options } = containerOptions(input);
    const Mounts = [
      ...(HostConfig?.Mounts ?? []),
      { Type: "bind", Source: lastMessage, Target: "/dev/termination-log" },
    ] as const;
    const container = await this.#engine.createContainer({
      ...options,
      OpenStdin: false,
      StdinOnce: false,
      AttachStdin: false,
      Cmd: [...AGENT_COMMAND, "listen", `0.0.0.0:${PORT}`],
      HostConfig: { ...HostConfig, NetworkMode: this.#network, Mounts: [...Mounts] },
    });
    this.#made.set(id, { listing: { id, ...owner, expiresAt }, sandbox: null });
    await container.start();
    const host = (await container.inspect()).NetworkSettings.Networks[this.#network]?.IPAddress ?? "";
    const socket = await withScope(ctx, { timeoutMs: 30_000, waitingFor: "the agent" }, (scope) =>
      connectTcp(scope, { host, port: PORT }, systemClock),
    );
    const plain = { kind: "fork" as const, argv: TOOLBOX_PYTHON, preload: [] };
    const connection = await AgentConnection.open(ctx, {
      sandboxId: id,
      transport: socketTransport(socket, async () => ({ cause: "agent_exit", detail: "for tests" })),
      token,
      config: agentConfig(spec, { ...manifest.interpreters, plain }, { ownUsers: false, network: true }),
      clock: systemClock,
    });
    const sandbox = new AgentSandbox({ id, provider: this.name, image, connection });
    this.#made.set(id, { listing: { id, ...owner, expiresAt }, sandbox });
    return sandbox;
  }

  async list(): Promise<SandboxListing[]> {
    return Array.from(this.#made.values(), ({ listing }) => listing);
  }

  async remove(_ctx: CallContext, id: string): Promise<void> {
    this.#made.get(id)?.sandbox?.disconnect();
    await this.#engine
      .getContainer(id)
      .remove({ force: true })
      .catch(() => undefined);
    this.#made.delete(id);
  }

  async removeNetwork(): Promise<void> {
    rmSync(this.#folder, { recursive: true });
    if (this.#ready) await this.#engine.getNetwork(this.#network).remove();
  }
}
