import { isIP } from "node:net";
import type { RequestHandler } from "express";
import { SandlotError } from "../../core/errors/sandlot-error.ts";

/** Addresses that mean "every address of this machine". */
const WILDCARDS = new Set(["0.0.0.0", "::"]);

/**
 * Refuses requests whose Host is not ours (`forbidden_host`): a page whose name was rebound to this address sends its
 * own name. Loopback names pass with any port; of `hosts`, `name` passes with any port and `name:port` with that one.
 * A server bound to every address takes any address literal, because rebinding needs a name.
 */
export function hostCheck(hosts: readonly string[]): RequestHandler {
  const allowed = new Set(hosts.map((host) => (isIP(host) === 6 ? `[${host}]` : host).toLowerCase()));
  const takesAddresses = hosts.some((host) => WILDCARDS.has(host));
  return (req, _res, next) => {
    const host = (req.headers.host ?? "").toLowerCase();
    const match = host.match(/^(\[[0-9a-f:.]+\]|[^:@/\s[\]]+)(:\d{1,5})?$/);
    const name = match?.[1];
    if (name === undefined) throw new SandlotError("forbidden_host", { host: host.slice(0, 255) });
    const address = name.replace(/^\[(.*)\]$/, "$1");
    const known =
      isLoopback(address) || allowed.has(name) || allowed.has(host) || (takesAddresses && isIP(address) !== 0);
    if (!known) throw new SandlotError("forbidden_host", { host: host.slice(0, 255) });
    next();
  };
}

function isLoopback(name: string): boolean {
  return name === "localhost" || name === "::1" || (isIP(name) === 4 && name.startsWith("127."));
}
