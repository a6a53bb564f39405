/**
 * Raw text stays raw: these functions take JSON apart and put it together as text, so that numbers beyond
 * 2^53, `0.0`, lone surrogates, key order and explicit nulls survive. They expect text that `JSON.parse` accepts
 * and do not check it again, except that its first bracket is the expected one.
 */

/** The members of a JSON object, each value as its raw text; of duplicate keys the last wins, as in JSON.parse. */
export function rawMembers(text: string): Map<string, string> {
  const members = new Map<string, string>();
  let at = enter(text, "{");
  while (text[at] !== "}") {
    const keyEnd = skipString(text, at);
    const key = JSON.parse(text.slice(at, keyEnd)) as string;
    const start = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const end = skipValue(text, start);
    members.set(key, text.slice(start, end));
    at = skipSeparator(text, end);
  }
  return members;
}

/** The elements of a JSON array, each as its raw text. */
export function rawElements(text: string): string[] {
  const elements: string[] = [];
  let at = enter(text, "[");
  while (text[at] !== "]") {
    const end = skipValue(text, at);
    elements.push(text.slice(at, end));
    at = skipSeparator(text, end);
  }
  return elements;
}

/** An object of raw values. */
export function joinMembers(members: Iterable<readonly [string, string]>): string {
  // Concatenated, not joined: a long text is copied when the whole is written out, and not each time it is put into something.
  let text = "";
  for (const [key, value] of members) text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${value}`;
  return `{${text}}`;
}

/** An array of raw values. */
export function joinElements(elements: Iterable<string>): string {
  let text = "";
  for (const element of elements) text += text === "" ? element : `,${element}`;
  return `[${text}]`;
}

function enter(text: string, bracket: "{" | "["): number {
  const start = skipSpace(text, 0);
  if (text[start] !== bracket) throw new TypeError(`expected JSON text that starts with ${bracket}`);
  return skipSpace(text, start + 1);
}

function skipSeparator(text: string, at: number): number {
  const next = skipSpace(text, at);
  return text[next] === "," ? skipSpace(text, next + 1) : next;
}

function skipSpace(text: string, at: number): number {
  let i = at;
  while (i < text.length && " \t\n\r".includes(text.charAt(i))) i++;
  return i;
}

const BACKSLASH = 0x5c;
const QUOTE = 0x22;
const OPENING: ReadonlySet<number> = new Set([0x5b, 0x7b]);

/** Bodies are large, and their strings too: what can be searched for natively is. */
function skipString(text: string, at: number): number {
  for (let from = at + 1; ;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return text.length;
    let slashes = 0;
    while (text.charCodeAt(quote - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return quote + 1;
    from = quote + 1;
  }
}

/** The end of a list of numbers that starts at `at`: token ids come by the ten thousand. Null for anything else. */
function skipFlatList(text: string, at: number): number | null {
  if (text[at] !== "[" || !/\d/.test(text.charAt(at + 1))) return null;
  const end = text.indexOf("]", at);
  const inside = text.slice(at + 1, end);
  const isFlat = ['"', "[", "{"].every((opening) => inside.indexOf(opening) < 0);
  return end >= 0 && isFlat ? end + 1 : null;
}

/** The end of the value that starts at `at`. Iterative: depth costs no stack. */
function skipValue(text: string, at: number): number {
  const first = text.charCodeAt(at);
  if (first === QUOTE) return skipString(text, at);
  if (!OPENING.has(first)) {
    const end = /[,\]}\s]/g;
    end.lastIndex = at;
    return end.test(text) ? end.lastIndex - 1 : text.length;
  }
  const flat = skipFlatList(text, at);
  if (flat !== null) return flat;
  const structural = /["[\]{}]/g;
  structural.lastIndex = at;
  let depth = 0;
  do {
    if (!structural.test(text)) return text.length;
    const char = text.charCodeAt(structural.lastIndex - 1);
    if (char === QUOTE) structural.lastIndex = skipString(text, structural.lastIndex - 1);
    else depth += OPENING.has(char) ? 1 : -1;
  } while (depth > 0);
  return structural.lastIndex;
}
