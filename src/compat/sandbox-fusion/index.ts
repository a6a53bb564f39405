export { sandboxFusion } from "./surface.ts";
