import { translatePythonRegex } from "sandlot";

/** A pattern written as Python has it, for texts of any length: it must not backtrack over long runs. */
export function python(pattern: string, flags: { ignoreCase?: boolean; multiline?: boolean } = {}): RegExp {
  const translated = translatePythonRegex(pattern, flags);
  return new RegExp(translated.source, translated.flags);
}
