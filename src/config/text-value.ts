import { parseDocument } from "yaml";
import type { LeafKind } from "./schema-walk.ts";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  "1": true,
  false: false,
  no: false,
  off: false,
  "0": false,
};

const READERS: Readonly<Record<LeafKind, (text: string) => unknown>> = {
  text: (text) => text,
  number: (text) => (NUMBER.test(text.trim()) ? Number(text) : text),
  boolean: (text) => BOOLEANS[text.trim().toLowerCase()] ?? text,
  list: (text) =>
    text
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== ""),
  yaml: (text) => {
    const document = parseDocument(text, { prettyErrors: false });
    return document.errors.length > 0 ? text : (document.toJS() as unknown);
  },
};

/**
 * The value that a text of this kind stands for. Text that does not fit stays text, so that the schema names it as the
 * problem it is.
 */
export function textValue(kind: LeafKind, text: string): unknown {
  return READERS[kind](text);
}
