import { parsePythonJson, pythonStrip, pythonWords } from "sandlot";
import { z } from "zod";
import { strip } from "../text/python-string.ts";
import { splitSentences } from "../text/split-sentences.ts";
import { bullets, highlights, hasTitle, placeholders } from "./marks.ts";
import { Count, instruction, None, Text } from "./instruction.ts";
import { keywordFor, occurrences } from "./pattern.ts";

const OPTIONS = ["My answer is yes.", "My answer is no.", "My answer is maybe."];
const FENCES = ["```json", "```Json", "```JSON", "```"];
const KNOWN_POSTSCRIPTS: ReadonlyMap<string, string> = new Map([
  ["P.P.S", "p\\.\\s?p\\.\\s?s"],
  ["P.S.", "p\\.\\s?s\\."],
]);

const sectionStart = (splitter: string) => `\\s?${splitter}\\s?\\d+\\s?`;
/** Looked for in the text in lower case. */
const postscript = (marker: string) => KNOWN_POSTSCRIPTS.get(marker) ?? marker.toLowerCase();

export const FORMATS = {
  "detectable_format:number_bullet_lists": instruction(
    z.strictObject({ num_bullets: Count }),
    (text, kwargs) => bullets(text) === kwargs.num_bullets,
  ),
  "detectable_format:number_highlighted_sections": instruction(
    z.strictObject({ num_highlights: Count }),
    (text, kwargs) => highlights(text) >= kwargs.num_highlights,
  ),
  "detectable_content:number_placeholders": instruction(
    z.strictObject({ num_placeholders: Count }),
    (text, kwargs) => placeholders(text) >= kwargs.num_placeholders,
  ),
  "detectable_format:title": instruction(None, hasTitle),
  "detectable_format:constrained_response": instruction(None, (text) =>
    OPTIONS.some((option) => text.includes(option)),
  ),
  "detectable_format:multiple_sections": instruction(
    z.strictObject({ section_spliter: keywordFor(sectionStart), num_sections: Count }),
    async (text, kwargs, ctx) =>
      (await occurrences(ctx, sectionStart(kwargs.section_spliter), text, true)) >= kwargs.num_sections,
  ),
  "detectable_content:postscript": instruction(
    z.strictObject({ postscript_marker: keywordFor(postscript) }),
    async (text, { postscript_marker: marker }, ctx) => {
      return (await occurrences(ctx, postscript(marker), text.toLowerCase(), true)) > 0;
    },
  ),
  "detectable_format:json_format": instruction(None, (text) => {
    let json = pythonStrip(text);
    for (const fence of FENCES) if (json.startsWith(fence)) json = json.slice(fence.length);
    if (json.endsWith("```")) json = json.slice(0, -3);
    try {
      parsePythonJson(pythonStrip(json));
      return true;
    } catch {
      return false;
    }
  }),
  "detectable_format:square_brackets": instruction(None, (text) =>
    pythonWords(text).every((word) => word.startsWith("[") && word.endsWith("]")),
  ),
  "detectable_format:bigram_wrapping": instruction(None, (text) => {
    const words = pythonWords(text);
    return words.every((word, i) => {
      const next = words[i + 1];
      return i % 2 === 1 || next === undefined || (word.startsWith("<<") && next.endsWith(">>"));
    });
  }),
  "detectable_format:sentence_hyphens": instruction(None, (text) => {
    const wanted = splitSentences(text.replaceAll("-", " "));
    const parts = text.split("-").slice(0, wanted.length);
    return parts.every((part, i) => pythonStrip(part) === part && part === wanted[i]);
  }),
  "startend:end_checker": instruction(z.strictObject({ end_phrase: Text }), (text, kwargs) => {
    return strip(pythonStrip(text), '"').toLowerCase().endsWith(pythonStrip(kwargs.end_phrase).toLowerCase());
  }),
  "startend:quotation": instruction(None, (text) => {
    const inner = pythonStrip(text);
    return inner.length > 1 && inner.startsWith('"') && inner.endsWith('"');
  }),
};
