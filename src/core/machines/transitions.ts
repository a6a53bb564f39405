/** A total transition table: every event in every state leads to a state or is refused. */
export type Transitions<S extends string, E extends string> = {
  readonly [state in S]: { readonly [event in E]: S | "refused" };
};

/** The state after `event`, or `refused` when the event has no place in `state`. */
export function next<S extends string, E extends string>(table: Transitions<S, E>, state: S, event: E): S | "refused" {
  return table[state][event];
}
