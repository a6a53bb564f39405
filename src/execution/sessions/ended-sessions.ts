import type { Clock } from "../../core/clock.ts";
import type { SessionView } from "../service.ts";

const REMEMBERED_MS = 3_600_000;
const MOST = 10_000;

/** Sessions that are over, so that who comes late learns why. */
export class EndedSessions {
  readonly #clock: Clock;
  /** In the order they ended. */
  readonly #ended = new Map<string, { readonly tenant: string; readonly view: SessionView; readonly at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(tenant: string, view: SessionView): void {
    this.#ended.set(view.id, { tenant, view, at: this.#clock.monotonic() });
    this.#forget();
  }

  get(tenant: string, id: string): SessionView | null {
    this.#forget();
    const ended = this.#ended.get(id);
    return ended?.tenant === tenant ? ended.view : null;
  }

  of(tenant: string): SessionView[] {
    this.#forget();
    return Array.from(this.#ended.values()).flatMap((ended) => (ended.tenant === tenant ? [ended.view] : []));
  }

  #forget(): void {
    const oldest = this.#clock.monotonic() - REMEMBERED_MS;
    for (const [id, { at }] of this.#ended) {
      if (at >= oldest && this.#ended.size <= MOST) return;
      this.#ended.delete(id);
    }
  }
}
