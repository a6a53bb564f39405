import { chmodSync, closeSync, mkdirSync, openSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { dirname } from "node:path";
import { type CallContext, orAborted } from "../../core/context.ts";

/** Where a sandbox sees its folder. */
export const SOCKET_FOLDER = "/run/sandlot";
/** The socket in it. */
export const SOCKET_NAME = "agent.sock";

/**
 * A folder that one sandbox is shown, read-only, with a socket in it on which its agent finds us. It is there for one
 * connection: then nobody listens any more, socket and folder are gone from this machine, and what the sandbox still
 * sees is empty.
 */
export class SocketFolder {
  readonly path: string;
  readonly #server: Server;
  readonly #descriptor: number;
  readonly #first: Promise<Socket>;
  #closed = false;

  private constructor(path: string, descriptor: number, server: Server) {
    this.path = path;
    this.#descriptor = descriptor;
    this.#server = server;
    this.#first = new Promise((resolve) => {
      server.once("connection", (socket) => {
        // Until somebody reads from it; the end that follows an error is what counts.
        socket.on("error", () => undefined);
        this.close();
        resolve(socket);
      });
    });
  }

  /** Makes the folder, which nobody has made before, and listens in it. Folders above are this user's alone. */
  static async open(path: string): Promise<SocketFolder> {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    mkdirSync(path);
    // The agent is another user; the mask of this process must not keep it out.
    chmodSync(path, 0o755);
    const descriptor = openSync(path, "r");
    const server = createServer();
    const folder = new SocketFolder(path, descriptor, server);
    try {
      await listen(server, descriptor);
    } catch (error) {
      folder.close();
      throw error;
    }
    return folder;
  }

  /** The agent's connection; throws when the context ends first. */
  accept(ctx: CallContext): Promise<Socket> {
    return orAborted(ctx, this.#first);
  }

  /** Listens no more and removes the folder; twice is once. Synchronous, so that no candidate ever finds it listening. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#server.close();
    closeSync(this.#descriptor);
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** By the open folder: the address of a Unix socket may have 107 bytes, whatever the folder's path has. */
function listen(server: Server, descriptor: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    const path = `/proc/self/fd/${descriptor}/${SOCKET_NAME}`;
    server.listen({ path, readableAll: true, writableAll: true }, resolve);
  });
}
