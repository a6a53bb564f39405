import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { imagesRoot } from "./sandboxes.ts";

/** The image without Python. */
export const NO_PYTHON = "no-python";

/** A folder of images that has the product's toolbox and the image without Python. */
export function noPythonRoot(): { readonly root: string; readonly dispose: () => void } {
  const root = mkdtempSync(join(tmpdir(), "sandlot-images-"));
  symlinkSync(join(imagesRoot, "agent"), join(root, "agent"));
  symlinkSync(join(import.meta.dirname, "images", NO_PYTHON), join(root, NO_PYTHON));
  return { root, dispose: () => rmSync(root, { recursive: true }) };
}
