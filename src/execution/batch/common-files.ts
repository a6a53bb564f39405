import type { CallContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { HeldBytes, InputFile, Sandbox } from "../../sandbox/index.ts";

/** A smaller file goes with every case: holding it costs a round trip, too. */
const WORTH_HOLDING = 4096;
/** Files held for one batch: a run takes no more of them. */
const MOST_HELD = 32;

interface Held {
  readonly sandbox: Sandbox;
  readonly files: Promise<readonly InputFile[]>;
}

/** The files that every case of a batch gets. Each sandbox is given them once, and keeps them until the end. */
export class CommonFiles {
  readonly #ctx: CallContext;
  readonly #files: readonly InputFile[];
  readonly #held = new Map<string, Held>();
  readonly #worth: ReadonlySet<InputFile>;

  /** `ctx`: that of the whole batch, since what one case asks a sandbox to hold is there for the others, too. */
  constructor(ctx: CallContext, files: readonly InputFile[]) {
    this.#ctx = ctx;
    this.#files = files;
    const large = files.filter(isWorthHolding).sort((a, b) => sizeOf(b) - sizeOf(a));
    this.#worth = new Set(large.slice(0, MOST_HELD));
  }

  /** The files as this sandbox takes them. `once`: no other case will run in it. */
  for(sandbox: Sandbox, once: boolean): readonly InputFile[] | Promise<readonly InputFile[]> {
    if (once || this.#worth.size === 0) return this.#files;
    const known = this.#held.get(sandbox.id);
    if (known) return known.files;
    const files = this.#hold(sandbox);
    this.#held.set(sandbox.id, { sandbox, files });
    // A sandbox that failed is not asked again; who waits for the files hears of it.
    files.catch(() => this.#held.delete(sandbox.id));
    return files;
  }

  /** Lets all sandboxes go of them. */
  drop(): void {
    for (const { sandbox, files } of this.#held.values()) {
      files.then((held) => dropAll(sandbox, held)).catch(() => undefined);
    }
    this.#held.clear();
  }

  async #hold(sandbox: Sandbox): Promise<readonly InputFile[]> {
    const files: InputFile[] = [];
    try {
      for (const file of this.#files) {
        files.push(this.#worth.has(file) ? { ...file, data: await sandbox.hold(this.#ctx, bytesOf(file)) } : file);
      }
      return files;
    } catch (error) {
      dropAll(sandbox, files);
      // It holds too much already: the bytes go with each case.
      if (SandlotError.is(error, "sandbox_unavailable")) return this.#files;
      throw error;
    }
  }
}

function isWorthHolding({ data }: InputFile): boolean {
  return !isHeld(data) && data.length >= WORTH_HOLDING;
}

function sizeOf({ data }: InputFile): number {
  return isHeld(data) ? data.size : data.length;
}

function isHeld(data: InputFile["data"]): data is HeldBytes {
  return "number" in data;
}

function bytesOf({ data }: InputFile): Uint8Array {
  if (isHeld(data)) throw new Error("held already");
  return data;
}

function dropAll(sandbox: Sandbox, files: readonly InputFile[]): void {
  for (const { data } of files) if (isHeld(data)) sandbox.drop(data);
}
