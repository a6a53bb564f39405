import { InvalidArgumentError } from "commander";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { nearestName } from "../core/nearest.ts";

/** A reader of whole numbers from `min` on. */
export function wholeNumber(min = 0): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    if (!(value >= min)) throw new InvalidArgumentError(`Expected a whole number from ${min} on.`);
    return value;
  };
}

/** Reads a number. */
export function anyNumber(text: string): number {
  const value = text.trim() === "" ? NaN : Number(text);
  if (!Number.isFinite(value)) throw new InvalidArgumentError("Expected a number.");
  return value;
}

/** Reads a share, from 0 to 1. */
export function shareOf1(text: string): number {
  const value = anyNumber(text);
  if (value < 0 || value > 1) throw new InvalidArgumentError("Expected a share from 0 to 1.");
  return value;
}

/** Reads a factor above 0; `max` is Infinity. */
export function speedFactor(text: string): number {
  const value = text === "max" ? Infinity : anyNumber(text);
  if (!(value > 0)) throw new InvalidArgumentError("Expected a number above 0, or max.");
  return value;
}

/** Reads `a,b`; given several times, the lists are joined. */
export function nameList(text: string, before: readonly string[] = []): string[] {
  const names = text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (names.length === 0) throw new InvalidArgumentError("Expected names, separated by commas.");
  return [...before, ...names];
}

/** Reads a text that may be given several times. */
export function oneMore(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

/** Reads `key=value`, several times. */
export function label(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("Expected key=value.");
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

/** Reads what a truncated rollout is worth. */
export function truncatedWorth(text: string): "score" | "mask" | { value: number } {
  if (text === "score" || text === "mask") return text;
  try {
    return { value: anyNumber(text) };
  } catch {
    throw new InvalidArgumentError("Expected score, mask or a number.");
  }
}

/** One of the names that an option takes; throws `invalid_request` that tells the nearest one. `what`: `outcome`. */
export function knownName<T extends string>(name: string, names: readonly T[], what: string): T {
  const known = names.find((one) => one === name);
  if (known) return known;
  const near = nearestName(name, names);
  const problem = `${name} is no ${what}${near ? `; did you mean ${near}?` : `: they are ${names.join(", ")}`}`;
  throw new SandlotError("invalid_request", { fields: [{ field: `--${what}`, problem }] });
}
