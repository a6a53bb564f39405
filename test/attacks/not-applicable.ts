import { nameOf, type Target } from "./gate/target.ts";

type Reasons = Readonly<Record<string, string>>;

const FELT = "accepted: two programs of one sandbox that want to can tell each other something by a lock on the image";

/** One run per sandbox, without namespaces in it: it meets the sandbox's own processes and files, and nobody else. */
const SINGLE_USE: Reasons = {
  "C48 a lock on a file of the image, which a neighbour can feel": FELT,
  "E61 the command line of every other process":
    "the agent's own processes are in sight; a later variant holds that no secret is",
  "B29 through a descriptor of the process":
    "a program can end its lane, and the sandbox with it; the attribution suite holds that it gains nothing",
  "B36 out of the kernel's preference for ending it first":
    "whomever the kernel ends, it is this run and nobody else's",
  "A19 pseudo-terminals, of which the machine has few":
    "they are those of the sandbox, and the kernel keeps a reserve for the machine",
};

/** Slots of one user see the zygote that they were forked from. */
const ONE_USER: Reasons = {
  "C48 a lock on a file of the image, which a neighbour can feel": FELT,
  "E61 the command line of every other process": "its zygote is in sight; a later variant holds that no secret is",
};

/**
 * What cannot be tried at a target, and why: by entry, or by entry and variant. Fixed: `catalogue.test.ts` holds the
 * length of each list, so that none grows unnoticed.
 */
export const NOT_APPLICABLE: Readonly<Record<string, Reasons>> = {
  "docker-A": { "C48 a lock on a file of the image, which a neighbour can feel": FELT },
  "docker-B": ONE_USER,
  "docker-C": SINGLE_USE,
  "docker-runsc-C": SINGLE_USE,
  "docker-runsc-systrap-A": { "C48 a lock on a file of the image, which a neighbour can feel": FELT },
  "local-B": ONE_USER,
  "local-C": SINGLE_USE,
};

/** Why an attack does not apply at a target, or null when it does. */
export function whyNotApplicable(target: Target, entry: string, variant: string): string | null {
  const list = NOT_APPLICABLE[nameOf(target)] ?? {};
  return list[entry] ?? list[`${entry} ${variant}`] ?? null;
}
