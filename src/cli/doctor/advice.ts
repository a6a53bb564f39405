import type { ProviderReport } from "../../sandbox/index.ts";

/** What each provider could do here. */
export type ProviderReports = Readonly<Record<"docker" | "local", ProviderReport>>;

const DOCKER_INSTALL = "install Docker Engine (https://docs.docker.com/engine/install/) and start it";
const BUBBLEWRAP_INSTALL =
  "install bubblewrap 0.7 or newer and Python 3.9 or newer (Debian, Ubuntu: apt-get install bubblewrap python3; Fedora: dnf install bubblewrap python3; Alpine: apk add bubblewrap python3)";

/** What to do so that Docker can be used; null when it can. */
export function dockerAdvice({ available, detail }: ProviderReport): string | null {
  if (available) return null;
  if (/EACCES|permission denied/i.test(detail)) {
    return "let this user use the engine's socket: add it to the group docker (usermod -aG docker $USER) and log in again";
  }
  if (/ECONNREFUSED/.test(detail)) return "start the Docker engine (systemctl start docker)";
  return DOCKER_INSTALL;
}

/** What to do so that bubblewrap can be used; null when it can, or never will. */
export function localAdvice({ available, detail }: ProviderReport): string | null {
  if (available || /needs Linux/.test(detail)) return null;
  if (/user namespaces/.test(detail)) {
    return "allow unprivileged user namespaces (sysctl -w kernel.unprivileged_userns_clone=1; on Ubuntu sysctl -w kernel.apparmor_restrict_unprivileged_userns=0; in a container, run it with a seccomp profile that lets unshare through)";
  }
  if (/no Python|usable Python/.test(detail)) {
    return "install Python 3.9 or newer where every user can run it (Debian, Ubuntu: apt-get install python3)";
  }
  return BUBBLEWRAP_INSTALL;
}

/** One sentence: what the provider `auto` takes, or what to install. */
export function autoSentence({ docker, local }: ProviderReports): string {
  if (docker.available) {
    const fallback = local.available ? ", or local where its images cannot be had in time" : "";
    return `The provider auto takes docker (${docker.detail})${fallback}.`;
  }
  if (local.available)
    return `The provider auto takes local (${local.detail}), since Docker cannot be used: ${docker.detail}.`;
  const ways = [dockerAdvice(docker), localAdvice(local)].filter((way) => way !== null);
  return `No sandbox provider works here, and nothing is ever run outside of a sandbox: ${ways.join("; or ")}.`;
}
