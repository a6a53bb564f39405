import { type Place, placeAt } from "./place.ts";

/** Where an output first differs from what is expected. `expected` alone shows text of the expected output. */
export interface Difference {
  /** One sentence: positions and counts, nothing of the expected text. */
  readonly message: string;
  readonly got: Place;
  /** Not for those who may not see hidden tests. */
  readonly expected: Place;
}

/** A text and the offset in it at which the difference begins. */
export interface Point {
  readonly text: string;
  readonly offset: number;
}

/** The difference between two points; `message` is told the place in the output. */
export function difference(got: Point, expected: Point, message: (got: Place) => string): Difference {
  const place = placeAt(got.text, got.offset);
  return { message: message(place), got: place, expected: placeAt(expected.text, expected.offset) };
}

/** How many UTF-16 units two texts have in common at their start. */
export function commonPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  return length;
}

/** `text` as it is compared when case does not matter: as Unicode lower-cases it, in no particular language. */
export function folded(text: string, caseInsensitive: boolean): string {
  return caseInsensitive ? text.toLowerCase() : text;
}
