import { commonPrefix, difference, type Difference, folded } from "./difference.ts";
import { WordReader } from "./python-text.ts";

/** The words between white space, one by one; how they are laid out in lines does not matter. */
export function compareTokens(
  output: string,
  expected: string,
  same: (got: string, wanted: string) => boolean,
): Difference | null {
  const got = new WordReader(output);
  const wanted = new WordReader(expected);
  for (let number = 1; ; number++) {
    const more = got.next();
    const expectsMore = wanted.next();
    if (!more && !expectsMore) return null;
    const word = got.word;
    if (more && expectsMore && same(word, wanted.word)) continue;
    const inside = commonPrefix(word, wanted.word);
    const point = { text: output, offset: got.start + inside };
    return difference(point, { text: expected, offset: wanted.start + inside }, ({ line }) => {
      if (!more) return `the output ends after ${number - 1} ${number === 2 ? "token" : "tokens"}, more are expected`;
      return expectsMore ? `token ${number} differs (line ${line})` : `token ${number} is one too many (line ${line})`;
    });
  }
}

/** Whether two words are equal as text. */
export function sameToken(caseInsensitive: boolean): (got: string, wanted: string) => boolean {
  return (got, wanted) => got === wanted || (caseInsensitive && folded(got, true) === folded(wanted, true));
}
