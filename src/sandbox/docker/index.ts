export { DockerProvider, type DockerProviderOptions } from "./provider.ts";
export { prepareImages, type PrepareOptions } from "./prepare.ts";
