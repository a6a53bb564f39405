import { asciiDigits, pythonStrip } from "../../verification/compare/index.ts";

/** What Python's `float(text)` answers; null where it raises. */
export function pythonFloat(text: string): number | null {
  const plain = asciiDigits(pythonStrip(text));
  const special = /^([+-]?)(?:(inf(?:inity)?)|nan)$/i.exec(plain);
  if (special) return special[2] === undefined ? NaN : special[1] === "-" ? -Infinity : Infinity;
  // An underscore stands between two digits or nowhere. No run of digits can be split in two ways: candidates write these texts.
  if (!/^[+-]?(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?$/i.test(plain))
    return null;
  return Number(plain.replaceAll("_", ""));
}
