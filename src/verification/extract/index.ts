export { CodeExtraction, type CodeExtractionOptions, extractCode } from "./extract-code.ts";
export { extractGymCode } from "./gym-last-two-fences.ts";
