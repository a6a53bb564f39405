/**
 * Connections that may wait to be accepted; the kernel takes no more than its `net.core.somaxconn`. Thousands of agents begin at
 * once: with Node's 511, those beyond wait for a second and more, and on a busy server are reset.
 */
export const LISTEN_BACKLOG = 4_096;
