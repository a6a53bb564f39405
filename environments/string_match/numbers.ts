import { asciiDigits, pythonStrip } from "sandlot";

const DIGITS = "\\d+(?:_\\d+)*";
const FLOAT = new RegExp(
  `^[+-]?(?:(?:${DIGITS}(?:\\.(?:${DIGITS})?)?|\\.${DIGITS})(?:e[+-]?${DIGITS})?|inf(?:inity)?|nan)$`,
);
/** Signs for mathematics, as LaTeX writes them. */
const LATEX_SIGNS: ReadonlyMap<string, string> = new Map([
  ["°", "^\\circ"],
  ["²", "^2"],
  ["³", "^3"],
  ["⁴", "^4"],
  ["⁵", "^5"],
  ["⁶", "^6"],
  ["⁷", "^7"],
  ["⁸", "^8"],
  ["⁹", "^9"],
  ["√", "\\sqrt"],
  ["﹣", "-"],
  ["﹢", "+"],
  ["﹦", "="],
  ["﹤", "<"],
  ["﹥", ">"],
  ["：", ":"],
  ["π", "\\pi"],
]);
const SIGN = new RegExp(`[${Array.from(LATEX_SIGNS.keys()).join("")}]`, "gu");
const UNITS = /\^\{?\\circ\}?|\\circ|°|cm[²³]?|mm|km|m[²³]?|kg/g;
const CLOSE_GRADE = 0.98;

/** Python's `float(text)`; null where it raises. */
export function pythonFloat(text: string): number | null {
  const number = asciiDigits(pythonStrip(text)).toLowerCase();
  if (!FLOAT.test(number)) return null;
  if (number.endsWith("nan")) return NaN;
  if (number.includes("inf")) return number.startsWith("-") ? -Infinity : Infinity;
  return Number(number.replaceAll("_", ""));
}

/** One text for all ways to write a number; other texts stay as they are. */
export function floatKey(text: string): string {
  const number = pythonFloat(text.replaceAll("\\%", "").replaceAll("\\$", "").replaceAll("$", ""));
  if (number === null) return text;
  return Object.is(number, -0) ? "-0" : String(number);
}

/** Without degrees, metres and kilograms. */
export function withoutUnits(text: string): string {
  return text.replace(SIGN, (sign) => LATEX_SIGNS.get(sign) ?? sign).replace(UNITS, "");
}

/** Whether both are numbers, give or take a unit, that differ by less than about a hundredth of the expected one. */
export function closeNumbers(got: string, expected: string): boolean {
  const [value, wanted] = [numberOf(got), numberOf(expected)];
  if (value === null || wanted === null) return false;
  const error = Math.abs(value - wanted) / Math.max(Math.abs(wanted), 1e-9);
  return Math.max(0, 1 - error) ** 2 > CLOSE_GRADE;
}

function numberOf(text: string): number | null {
  return pythonFloat(
    withoutUnits(text.replace(/[$£€%,]/g, ""))
      .replaceAll("\\%", "")
      .replaceAll("\\$", ""),
  );
}
