import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import { messageOf, SandlotError } from "../core/errors/sandlot-error.ts";
import type { Layer, Setting } from "./layer.ts";
import type { Path } from "./path.ts";

/** Largest configuration file, in bytes. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * The settings of a YAML file, each with its line. A key without a value counts as not set. Throws `invalid_config`
 * when the file cannot be read or is not one YAML mapping.
 */
export function fileLayer(file: string, shownAs: string): Layer {
  const lines = new LineCounter();
  // Pretty errors quote the line, which may hold a secret.
  const document = parseDocument(readText(file, shownAs), { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    const fields = document.errors.map((error) => ({
      field: `${shownAs}:${lines.linePos(error.pos[0]).line}`,
      problem: error.message,
    }));
    throw new SandlotError("invalid_config", { source: shownAs, fields });
  }
  const settings: Setting[] = [];
  const directory = dirname(file);
  const visit = (node: unknown, path: Path, offset: number | undefined): void => {
    if (isMap(node)) {
      for (const pair of node.items) {
        const key = isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
        visit(pair.value, [...path, key], isScalar(pair.key) ? pair.key.range?.[0] : undefined);
      }
      // An empty mapping still says that the name is there, e.g. a model without its URL.
      if (node.items.length > 0) return;
    }
    const value = toValue(node, document);
    if (value === null || value === undefined) return;
    const source = offset === undefined ? shownAs : `${shownAs}:${lines.linePos(offset).line}`;
    settings.push({ path, value, source, directory });
    if (isSeq(node)) recordLines(node.items, path, settings, (at) => `${shownAs}:${lines.linePos(at).line}`);
  };
  const root = document.contents;
  if (root !== null && !isMap(root) && !(isScalar(root) && root.value === null)) {
    throw new SandlotError("invalid_config", {
      source: shownAs,
      fields: [{ field: "", problem: "expected a mapping of settings" }],
    });
  }
  visit(root, [], undefined);
  return settings.filter((setting) => setting.path.length > 0);
}

/** Gives the items of a list, and the members of its mappings, their own lines. */
function recordLines(
  items: readonly unknown[],
  path: Path,
  settings: Setting[],
  source: (offset: number) => string,
): void {
  const directory = settings.at(-1)?.directory ?? "";
  for (const [i, item] of items.entries()) {
    if (!isMap(item)) continue;
    for (const pair of item.items) {
      if (!isScalar(pair.key) || !pair.key.range || !isScalar(pair.value) || pair.value.value === null) continue;
      const at = [...path, i, String(pair.key.value)];
      settings.push({ path: at, value: pair.value.value, source: source(pair.key.range[0]), directory });
    }
  }
}

function toValue(node: unknown, document: ReturnType<typeof parseDocument>): unknown {
  if (typeof node !== "object" || node === null || !("toJS" in node)) return node;
  return (node as { toJS(doc: typeof document): unknown }).toJS(document);
}

function readText(file: string, shownAs: string): string {
  try {
    const bytes = readFileSync(file);
    if (bytes.length > MAX_BYTES) throw new RangeError(`the file is larger than ${MAX_BYTES} bytes`);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    const fields = [{ field: "", problem: `cannot read ${shownAs}: ${messageOf(error)}` }];
    throw new SandlotError("invalid_config", { source: shownAs, fields }, { cause: error });
  }
}
