/** One wall of the agent, how it is taken down in a copy, and the attacks that are then expected to get through. */
export interface Defence {
  readonly name: string;
  /** Where it is needed to be seen: `local` in mode B is the quickest, `docker` in mode A has users of their own. */
  readonly where: "local" | "docker";
  /** In `sandboxes/agent/`; each text occurs exactly once, so that this list cannot outlive what it speaks of. */
  readonly patches: readonly { readonly file: string; readonly find: string; readonly replace: string }[];
  /** Entries, or entries and variants by the beginning of their names. */
  readonly attacks: readonly string[];
  /** No sandbox may come up without it: what the error then says. Any other failure to start proves nothing. */
  readonly startFails?: RegExp;
  /**
   * The name of another defence of this list that holds the same attacks: without this one nothing need get through, and
   * without both of them something must.
   */
  readonly secondTo?: string;
}

export const patch = (file: string, find: string, replace: string) => ({ file, find, replace });

/** Where the filter is built. */
export const BUILD = "def build(networked=True, sends_descriptors=True, machine=None):";

/** Python that forgets calls before the filter is built. */
export function without(calls: readonly string[]): string {
  const forget = "_REFUSED.pop(_name, None) or _ABSENT.pop(_name)";
  return `for _name in ${JSON.stringify(calls)}:\n    ${forget}\n\n\n${BUILD}`;
}
