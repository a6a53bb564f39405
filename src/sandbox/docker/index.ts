export { DockerProvider, type DockerProviderOptions } from "./provider.ts";
