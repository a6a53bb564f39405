export { type AnswerExtraction, extractAnswer } from "./extract-answer.ts";
export { CodeExtraction, type CodeExtractionOptions, extractCode } from "./extract-code.ts";
export type { Extraction } from "./extraction.ts";
export { extractLastFence } from "./last-fence.ts";
