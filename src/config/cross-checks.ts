import type { Config } from "./config.ts";
import type { Problem } from "./problems.ts";

/** Whether only this machine can reach a server that is bound to `host`. */
export function isLoopbackHost(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, "$1");
  return name === "localhost" || name === "::1" || /^127(\.\d{1,3}){3}$/.test(name);
}

/** Whether a server that is bound to `host` listens everywhere: the address itself is nowhere. */
function isUnspecifiedHost(host: string): boolean {
  return /^(0\.0\.0\.0|0|\[?[0:]*:[0:]*\]?)$/.test(host);
}

/** Problems that lie between settings. */
export function crossChecks(config: Config): Problem[] {
  const { host, api_keys } = config.server;
  const problems: Problem[] = [];
  if (!isLoopbackHost(host) && api_keys.length === 0) {
    const problem = `binding ${host} opens the server to the network: configure server.api_keys, or bind 127.0.0.1`;
    problems.push({ path: ["server", "host"], problem });
  }
  const { host: gateway, public_url } = config.gateway;
  if (isUnspecifiedHost(gateway) && public_url === undefined) {
    const problem = `agents cannot call ${gateway}, where gateway.host listens: give the URL by which they reach it`;
    problems.push({ path: ["gateway", "public_url"], problem });
  }
  const names = new Set<string>();
  const keys = new Set<string>();
  for (const [i, { name, key }] of api_keys.entries()) {
    if (names.has(name))
      problems.push({ path: ["server", "api_keys", i, "name"], problem: "another key has this name" });
    if (key !== "" && keys.has(key))
      problems.push({ path: ["server", "api_keys", i, "key"], problem: "another name has this key" });
    names.add(name);
    keys.add(key);
  }
  return problems;
}
