import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** The connections of a server. */
export interface Connections {
  /** Ends idle connections now, and each other one as soon as its answers are sent. */
  drain(): void;
}

/** Follows which connections of `server` have an answer under way. */
export function trackConnections(server: Server): Connections {
  const active = new Map<Socket, Set<ServerResponse>>();
  let draining = false;
  server.on("connection", (socket) => {
    active.set(socket, new Set());
    socket.once("close", () => active.delete(socket));
  });
  const follow = (res: ServerResponse) => {
    const { socket } = res;
    const answers = socket && active.get(socket);
    if (!answers) return;
    answers.add(res);
    if (draining) res.setHeader("connection", "close");
    // "close" comes after the last byte was handed on, so that nothing is cut off.
    res.once("close", () => {
      answers.delete(res);
      if (draining && answers.size === 0) socket.destroySoon();
    });
  };
  server.prependListener("request", (_req, res) => follow(res));
  server.prependListener("checkContinue", (_req, res) => follow(res));
  return {
    drain() {
      draining = true;
      for (const [socket, answers] of active) {
        if (answers.size === 0) socket.destroy();
        for (const res of answers) if (!res.headersSent) res.setHeader("connection", "close");
      }
    },
  };
}
