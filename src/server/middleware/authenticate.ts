import { createHash, timingSafeEqual } from "node:crypto";
import type { Request, Response } from "express";
import { LOCAL_PRINCIPAL, type Principal, type Scope } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { stateOf } from "../request-state.ts";

/** A key that the server accepts. */
export interface AcceptedKey {
  /** Who it was given to; it appears in logs. */
  readonly name: string;
  readonly key: string;
  readonly tenant: string;
  readonly scopes: readonly Scope[];
}

export interface AuthOptions {
  /** Without any, callers on this machine are the local user and everybody else is refused. */
  keys: readonly AcceptedKey[];
}

/** Says on whose behalf a request is made; throws `unauthorized`, or `forbidden` when the scope is missing. */
export type Authenticate = (req: Request, res: Response, scope: Scope | null) => Principal;

/** Authentication by `Authorization: Bearer <API key>`. Open routes (no scope) are served to everybody. */
export function authentication({ keys }: AuthOptions): Authenticate {
  const known = keys.map(({ key, ...rest }) => ({ ...rest, digest: digestOf(key) }));
  return (req, res, scope) => {
    const state = stateOf(res);
    if (scope === null) return { tenant: LOCAL_PRINCIPAL.tenant, scopes: [] };
    if (known.length === 0) {
      if (!isLoopback(req.socket.remoteAddress)) {
        throw unauthorized(res, "the server has no API keys and serves this machine only");
      }
      state.tenant = LOCAL_PRINCIPAL.tenant;
      return LOCAL_PRINCIPAL;
    }
    const bearer = req.headers.authorization?.match(/^Bearer +([\x21-\x7e]+) *$/i)?.[1];
    if (bearer === undefined) throw unauthorized(res, "no API key was sent");
    const digest = digestOf(bearer);
    // All keys are compared, so that the time says nothing about which one was near.
    let caller: (typeof known)[number] | undefined;
    for (const entry of known) if (timingSafeEqual(entry.digest, digest)) caller = entry;
    if (!caller) throw unauthorized(res, "the API key is not known");
    state.tenant = caller.tenant;
    state.caller = caller.name;
    if (!allows(caller.scopes, scope)) throw new SandlotError("forbidden", { scope });
    return { tenant: caller.tenant, scopes: caller.scopes };
  };
}

/** Who may steer what belongs to all tenants needs no leave for what belongs to one. */
function allows(scopes: readonly Scope[], scope: Scope): boolean {
  return scopes.includes(scope) || (scope === "admin" && scopes.includes("operator"));
}

function unauthorized(res: Response, detail: string): SandlotError {
  res.setHeader("www-authenticate", 'Bearer realm="sandlot"');
  return new SandlotError("unauthorized", { detail });
}

function digestOf(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && (address === "::1" || /^(::ffff:)?127\./.test(address));
}
