const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** East Asian wide and full-width blocks; emoji are told apart by their property. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;
const ZERO = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

/** Columns that a terminal needs for sanitised text without newlines; wide characters count two, combining ones none. */
export function displayWidth(text: string): number {
  // Most text is ASCII, and segmenting is slow.
  if (/^[\u0020-\u007e]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += clusterWidth(segment);
  return width;
}

/** The text cut to at most `width` columns; what was cut is shown as `…`. */
export function fit(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = "";
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    const own = clusterWidth(segment);
    if (used + own > width - 1) break;
    kept += segment;
    used += own;
  }
  return width > 0 ? `${kept}…` : "";
}

function clusterWidth(cluster: string): number {
  if (WIDE.test(cluster)) return 2;
  return ZERO.test(cluster) ? 0 : 1;
}
