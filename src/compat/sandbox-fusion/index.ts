export { sandboxFusion } from "./surface.ts";
export { missingImages } from "./run-in-image.ts";
