export { connectCluster, type ClusterOptions } from "./client.ts";
export { KubernetesProvider, type KubernetesProviderOptions } from "./provider.ts";
