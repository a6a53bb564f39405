import { Option } from "commander";
import type { Flag } from "../config/index.ts";

/** `--provider`, for every command that starts sandboxes. */
export function providerOption(): Option {
  return new Option("--provider <name>", "sandboxes: docker, local (bubblewrap), kubernetes, or auto").choices([
    "auto",
    "docker",
    "local",
    "kubernetes",
  ]);
}

/** The flag behind `--provider`. */
export function providerFlag(value: string | undefined): Flag {
  return { flag: "--provider", path: ["sandbox", "provider"], value };
}
