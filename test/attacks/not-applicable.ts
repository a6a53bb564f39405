import type { Attack, AttackEntry } from "./entry.ts";
import { nameOf, type Target } from "./gate/target.ts";

type Reasons = Readonly<Record<string, string>>;

const FELT = "accepted: two programs of one sandbox that want to can tell each other something by a lock on the image";
/** Of the controller alone, whatever its sandboxes are: played once for every kind of machine. */
const CONTROLLER: Reasons = {
  "I112 the store's disk fills up, and has room again":
    "no sandbox has a part in it, and it needs bubblewrap: it is played at the local targets",
};

const LANES: Reasons = { "C48 a lock on a file of the image, which a neighbour can feel": FELT };

/** Slots of one user see the zygote that they were forked from. */
const ONE_USER: Reasons = {
  ...LANES,
  "E61 the command line of every other process": "its zygote is in sight; another variant holds that no secret is",
};

/** What a program asks for and never touches; what it touches, gVisor counts. */
const RESERVED: Reasons = {
  "A06 asked for by the gigabyte, and never touched":
    "gVisor holds no limit of data: what is only reserved is nothing there",
};

/** One run per sandbox, without namespaces in it: it meets the sandbox's own processes and files, and nobody else. */
const SINGLE_USE: Reasons = {
  ...LANES,
  "A03 held by such a program, whatever becomes of its run: the sandbox serves the next":
    "a sandbox serves one run; another variant holds that this one is ended for its memory",
  A24: "a sandbox serves one run: there is no agent that many runs could wear down",
  I114: "a sandbox serves one run: there is no agent in which anything could gather",
  "A04 files that only descriptors in flight, in a circle, keep alive when everybody is gone":
    "a sandbox serves one run, and what it left goes with its namespaces",
  "A14 in orphans, each for a moment": "orphans are the agent's, which meters nobody; the clock on the wall ends them",
  "A19 pseudo-terminals, of which the machine has few":
    "they are the sandbox's own, and the kernel keeps a reserve for the machine",
  "B36 out of the kernel's preference for ending it first":
    "whomever the kernel ends, it is this run and nobody else's",
  "E61 the command line of every other process":
    "the agent's own are in sight; another variant holds that no secret is",
};

const UNSEEN = "gVisor shows the machine nothing of the agent: what it holds is looked at where it can be seen";
/** gVisor hides no process from another of the same lane, and its agent from the machine. */
const GVISOR: Reasons = {
  ...LANES,
  ...RESERVED,
  A24: UNSEEN,
  I114: UNSEEN,
  "E61 the command line of every other process": "its zygote is in sight; another variant holds that no secret is",
};

const NO_GVISOR_INODES =
  "gVisor's mounts have no cap on inodes; what they take is memory of the sandbox, which is capped";

/** gVisor of 2022: no namespaces, and every process in the sandbox sees what others were started with. */
const GVISOR_SINGLE_USE: Reasons = {
  ...SINGLE_USE,
  ...RESERVED,
  A08: NO_GVISOR_INODES,
  "A04 names, attributes and inodes of scratch files": NO_GVISOR_INODES,
  "C44 twenty thousand files": NO_GVISOR_INODES,
  "C50 a hundred thousand files": NO_GVISOR_INODES,
  "B30 by files":
    "shown are maps, environments and numbers of descriptors; memory is closed, another variant tries it, and the secret is wiped",
  "E61 the environment of every other process":
    "the agent has wiped its secret from there, which the conformance suite holds; no other process has one",
};

/** Local sandboxes have the machine's own programs, and no image. */
const NO_IMAGES: Reasons = { "image cpp": "local sandboxes run what the machine has installed; there are no images" };

/** Bubblewrap has no cap on inodes; pools refuse it unless the operator accepts that by name. */
const NO_INODE_CAP =
  "bubblewrap cannot cap inodes: the pool's self-test refuses this unless the operator accepts it by name";
const LOCAL_SINGLE_USE: Reasons = {
  ...SINGLE_USE,
  ...NO_IMAGES,
  A08: NO_INODE_CAP,
  "A04 names, attributes and inodes of scratch files": NO_INODE_CAP,
  "A04 connections to itself, each with all that they hold":
    "without a namespace or an engine, nobody there may set how much a connection holds",
  "C44 twenty thousand files": NO_INODE_CAP,
  "C50 a hundred thousand files": NO_INODE_CAP,
  "B29 through a descriptor of the process":
    "of the agent's user, it can end its lane; the attribution suite holds that it gains nothing by it",
  "E64 settings of the kernel": "those that it can open are of the sandbox's own namespaces, which end with it",
};

/**
 * What cannot be tried at a target, and why: by entry, by entry and variant, or by the image that is needed. Fixed: `catalogue.test.ts` holds the
 * number of attacks that each list leaves out, so that none grows unnoticed.
 */
export const NOT_APPLICABLE: Readonly<Record<string, Reasons>> = {
  "docker-A": { ...LANES, ...CONTROLLER },
  "docker-B": { ...ONE_USER, ...CONTROLLER },
  "docker-C": { ...SINGLE_USE, ...CONTROLLER },
  "docker-runsc-C": { ...GVISOR_SINGLE_USE, ...CONTROLLER },
  "docker-runsc-systrap-A": { ...GVISOR, ...CONTROLLER },
  "local-B": { ...ONE_USER, ...NO_IMAGES },
  "local-C": LOCAL_SINGLE_USE,
};

/** The attacks of `entries` that a target leaves out, by entry and name. */
export function leftOut(target: Target, entries: readonly AttackEntry[]): string[] {
  return entries.flatMap(({ id, variants }) =>
    variants.flatMap((attack) => {
      const reason = whyNotApplicable(target, { entry: id, name: attack.name }, imageOf(attack));
      return reason === null ? [] : [`${id} ${attack.name}`];
    }),
  );
}

/** The image beside the usual one that an attack needs. */
export function imageOf(attack: Attack): string | null {
  return "act" in attack ? (attack.image ?? null) : null;
}

/** Why an attack does not apply at a target, or null when it does. `image`: what it needs beside the usual one. */
export function whyNotApplicable(
  target: Target,
  attack: { readonly entry: string; readonly name: string },
  image: string | null,
): string | null {
  const list = NOT_APPLICABLE[nameOf(target)] ?? {};
  const { entry, name } = attack;
  return list[entry] ?? list[`${entry} ${name}`] ?? (image === null ? null : (list[`image ${image}`] ?? null));
}
