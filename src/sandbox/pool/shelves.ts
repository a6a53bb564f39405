import { LinkedList, type ListEntry } from "../../core/linked-list.ts";
import type { Member } from "./member.ts";

interface Place {
  readonly shelf: LinkedList<Member>;
  readonly entry: ListEntry<Member>;
}

/**
 * Members by what they can serve, so that choosing one costs the same whether there are two or two thousand.
 *
 * Shared leases go to the sandbox with the fewest free slots, then to the idle one that was used last, and to one that
 * nobody has used only when there is no other. So few sandboxes are in use: unused ones are left for exclusive leases,
 * which can take no others; what is too much stays idle and can be given up; and sandboxes reach their last run one
 * after the other instead of all at once. It costs no speed, since a sandbox has no more slots than it can run at once.
 */
export class Shelves {
  /** Nobody has used them; the newest first. */
  readonly #fresh = new LinkedList<Member>();
  /** Used before, held by nobody; the last used first. */
  readonly #idle = new LinkedList<Member>();
  /** Held by some, by the number of free slots; 0 are full. */
  readonly #partly: LinkedList<Member>[] = [];
  readonly #places = new Map<Member, Place>();

  /** Members that nobody holds, and those among them that nobody has used. */
  get counts(): { readonly idle: number; readonly fresh: number } {
    return { idle: this.#fresh.size + this.#idle.size, fresh: this.#fresh.size };
  }

  /** Puts a member where it belongs now; one that serves nobody else stands on no shelf. */
  put(member: Member): void {
    this.take(member);
    if (member.gone || member.retiring || member.worn || member.suspect) return;
    const shelf = this.#shelfOf(member);
    this.#places.set(member, { shelf, entry: shelf.addFirst(member) });
  }

  take(member: Member): void {
    const place = this.#places.get(member);
    if (!place) return;
    place.shelf.remove(place.entry);
    this.#places.delete(member);
  }

  /** The one that such a lease should get; null when there is none. */
  choose(exclusive: boolean): Member | null {
    if (exclusive) return this.#fresh.first;
    for (let free = 1; free < this.#partly.length; free++) {
      const member = this.#partly[free]?.first;
      if (member) return member;
    }
    return this.#idle.first ?? this.#fresh.first;
  }

  /** The one that nobody holds and that will be missed least: idle for longest, used before unused. */
  get leastMissed(): Member | null {
    return this.#idle.last ?? this.#fresh.last;
  }

  /** The used one that will be empty soonest, as far as one can tell: an idle one, else the one with the fewest leases. */
  get leastUsed(): Member | null {
    if (this.#idle.last) return this.#idle.last;
    for (let free = this.#partly.length - 1; free >= 0; free--) {
      const member = this.#partly[free]?.last;
      if (member) return member;
    }
    return null;
  }

  #shelfOf(member: Member): LinkedList<Member> {
    if (member.users === 0) return member.fresh ? this.#fresh : this.#idle;
    const free = member.slots - member.users;
    while (this.#partly.length <= free) this.#partly.push(new LinkedList());
    return this.#partly[free] ?? this.#idle;
  }
}
