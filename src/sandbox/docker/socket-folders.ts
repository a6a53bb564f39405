import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { SandboxListing, SandboxOwner } from "../port.ts";
import { SocketFolder } from "./socket-folder.ts";

/**
 * The socket folders of sandboxes that are being made. The name of each says whose it is, so that one that a killed
 * server has left is found and removed like a container.
 */
export class SocketFolders {
  readonly #root: string;
  readonly #owner: SandboxOwner;
  /** Milliseconds. */
  readonly #maxAgeMs: number;

  constructor(root: string, owner: SandboxOwner, maxAgeMs: number) {
    this.#root = root;
    this.#owner = owner;
    this.#maxAgeMs = maxAgeMs;
  }

  open(sandboxId: string): Promise<SocketFolder> {
    const { installation, owner } = this.#owner;
    return SocketFolder.open(join(this.#root, [installation, owner, sandboxId].join(SEPARATOR)));
  }

  /** Those of this installation. */
  async list(): Promise<SandboxListing[]> {
    const listings: SandboxListing[] = [];
    for (const name of await this.#names()) {
      const [installation = "", owner = "", id = ""] = name.split(SEPARATOR);
      const made = await stat(join(this.#root, name)).catch(() => null);
      if (installation !== this.#owner.installation || !made) continue;
      listings.push({ id, installation, owner, expiresAt: made.mtimeMs + this.#maxAgeMs });
    }
    return listings;
  }

  async remove(sandboxId: string): Promise<void> {
    for (const name of await this.#names()) {
      if (!name.startsWith(this.#owner.installation) || !name.endsWith(SEPARATOR + sandboxId)) continue;
      await rm(join(this.#root, name), { recursive: true, force: true });
    }
  }

  async #names(): Promise<string[]> {
    try {
      return await readdir(this.#root);
    } catch (error) {
      // Nobody has made one yet.
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
  }
}

/** In no id. */
const SEPARATOR = ".";
