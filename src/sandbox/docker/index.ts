export { pruneImages } from "./prune.ts";
export { DockerProvider, type DockerProviderOptions } from "./provider.ts";
export { imageStates, type ImageState, prepareImages, type PrepareOptions } from "./prepare.ts";
