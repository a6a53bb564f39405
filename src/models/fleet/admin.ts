import type { z } from "zod";
import type { FleetView, MembershipInput } from "../../contract/models.ts";
import type { CallContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Member } from "./members.ts";
import type { ModelFleet } from "./open-fleet.ts";
import type { PauseMode, ReplicaResult } from "./weight-updates.ts";

/** A fleet with what was configured of it. */
export interface AdministeredFleet {
  readonly fleet: ModelFleet;
  readonly routing: FleetView["routing"];
  /** URLs that the fleet's own key may go to, as configured at the moment. */
  readonly configuredUrls: () => readonly string[];
}

/** What operators and trainers do with fleets. Each throws `not_found` for a model without one. */
export class FleetAdmin {
  readonly #fleets: ReadonlyMap<string, AdministeredFleet>;

  constructor(fleets: ReadonlyMap<string, AdministeredFleet>) {
    this.#fleets = fleets;
  }

  view(name: string): FleetView {
    const { fleet, routing } = this.#get(name);
    const { generation, sessions, waiting, replicas } = fleet.snapshot();
    return {
      name,
      routing,
      advised_sessions: fleet.advisedSessions,
      generation,
      sessions,
      waiting,
      replicas: replicas.map((replica) => ({
        id: replica.id,
        state: replica.state,
        in_flight: replica.inFlight,
        waiting: replica.waiting,
        sessions: replica.sessions,
        resident_tokens: replica.residentTokens,
        active_tokens: replica.activeTokens,
        kv_tokens: replica.kvTokens,
        slowness: replica.slowness,
        still_ms: replica.stillMs,
        weight_version: replica.weightVersion,
      })),
    };
  }

  /** Throws `invalid_request` for an older generation. */
  setReplicas(name: string, { generation, replicas }: z.output<typeof MembershipInput>): FleetView {
    const { fleet, configuredUrls } = this.#get(name);
    const configured = new Set(configuredUrls().map(sameUrl));
    const members = replicas.map(({ id, url, api_key, max_in_flight, max_sequences, kv_tokens }): Member => {
      // A URL from a caller never gets our key.
      const apiKey = api_key ?? (configured.has(sameUrl(url)) ? undefined : "");
      return {
        id,
        url,
        apiKey,
        ...(max_in_flight === undefined ? {} : { maxInFlight: max_in_flight }),
        ...(max_sequences === undefined ? {} : { maxSequences: max_sequences }),
        ...(kv_tokens === undefined ? {} : { kvTokens: kv_tokens }),
      };
    });
    fleet.setMembers(generation, members);
    return this.view(name);
  }

  drain(name: string, replica: string, isOn: boolean): FleetView {
    this.#get(name).fleet.drain(replica, isOn);
    return this.view(name);
  }

  /** `timeoutMs` instead of the configured one. */
  pause(ctx: CallContext, name: string, mode: PauseMode, timeoutMs?: number): Promise<ReplicaResult[]> {
    return this.#get(name).fleet.updates.pause(ctx, mode, timeoutMs);
  }

  resume(
    ctx: CallContext,
    name: string,
    update: { readonly weightVersion: string | undefined; readonly failed: readonly string[] },
  ): Promise<ReplicaResult[]> {
    return this.#get(name).fleet.updates.resume(ctx, update);
  }

  #get(name: string): AdministeredFleet {
    const found = this.#fleets.get(name);
    if (!found) throw new SandlotError("not_found", { kind: "fleet", id: name });
    return found;
  }
}

/** `http://h:80` and `http://h/` are the same place. */
function sameUrl(url: string): string {
  return new URL(url).href;
}
