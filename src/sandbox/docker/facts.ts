import { hostname, release } from "node:os";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Engine } from "./engine.ts";

interface EngineInfo {
  readonly Name?: string;
  readonly KernelVersion?: string;
  readonly Runtimes?: Readonly<Record<string, unknown>> | null;
  readonly SecurityOptions?: readonly string[] | null;
}

/** What sandboxes need to know of the engine, asked for once. */
export class EngineFacts {
  readonly #engine: Engine;
  #info: Promise<EngineInfo> | null = null;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Throws `sandbox_unsupported` for a runtime that the engine lacks: one is never replaced by another. */
  async requireRuntime(name: string): Promise<void> {
    if (name === "default" || hasRuntime(await this.#ask(), name)) return;
    // It may have been added to the engine since.
    this.#info = null;
    if (hasRuntime(await this.#ask(), name)) return;
    throw new SandlotError("sandbox_unsupported", { detail: `the engine has no runtime ${name}` });
  }

  async hasAppArmor(): Promise<boolean> {
    const { SecurityOptions } = await this.#ask();
    return (SecurityOptions ?? []).some((option) => option.includes("apparmor"));
  }

  /** Whether it runs beside this process and may show a sandbox a folder of ours as it is. */
  async sharesMachine(): Promise<boolean> {
    const { Name, KernelVersion, SecurityOptions } = await this.#ask();
    const relabels = (SecurityOptions ?? []).some((option) => option.includes("selinux"));
    return Name === hostname() && KernelVersion === release() && !relabels;
  }

  #ask(): Promise<EngineInfo> {
    if (this.#info) return this.#info;
    const info = this.#engine.short.info() as Promise<EngineInfo>;
    this.#info = info;
    // A failure is not remembered.
    info.catch(() => (this.#info = null));
    return info;
  }
}

function hasRuntime({ Runtimes }: EngineInfo, name: string): boolean {
  return Object.hasOwn(Runtimes ?? {}, name);
}
