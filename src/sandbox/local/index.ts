export { LocalProvider, type LocalProviderOptions } from "./provider.ts";
