// Prints the references of the images that tests of a cluster need; builds what the engine lacks.
import { prepareImages } from "../../src/sandbox/docker/index.ts";
import { ctx, imagesRoot } from "./sandboxes.ts";
import { noPythonRoot } from "./no-python.ts";

const socketPath = "/var/run/docker.sock";
const ours = await prepareImages(ctx, { socketPath, imagesRoot, images: ["python"] });
const { root, dispose } = noPythonRoot();
const theirs = await prepareImages(ctx, { socketPath, imagesRoot: root, images: ["no-python"] });
dispose();
console.log(Array.from(new Set([...ours, ...theirs])).join("\n"));
