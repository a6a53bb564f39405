import { nameOf, type Target } from "./gate/target.ts";

/**
 * What cannot be tried at a target, and why: by entry, or by entry and variant. Fixed: `catalogue.test.ts` holds the
 * length of each list, so that none grows unnoticed.
 */
export const NOT_APPLICABLE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "docker-A": {},
  "docker-B": {},
  "docker-C": {},
  "docker-runsc-C": {},
  "local-B": {},
  "local-C": {},
};

/** Why an attack does not apply at a target, or null when it does. */
export function whyNotApplicable(target: Target, entry: string, variant: string): string | null {
  const list = NOT_APPLICABLE[nameOf(target)] ?? {};
  return list[entry] ?? list[`${entry} ${variant}`] ?? null;
}
