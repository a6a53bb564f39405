import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { ProviderReport } from "../../sandbox/index.ts";
import { dockerAdvice, localAdvice, type ProviderReports } from "./advice.ts";
import { type Check, missing, ok, warning } from "./check.ts";

const run = promisify(execFile);

/**
 * The checks of both providers. One provider is enough: what the other lacks is a warning then, for without it
 * everything still works.
 */
export async function providerChecks(reports: ProviderReports): Promise<Check[]> {
  const { docker, local } = reports;
  const lacks = docker.available || local.available ? warning : missing;
  return [
    dockerCheck(docker, lacks),
    bubblewrapCheck(local, lacks),
    await namespacesCheck(local, lacks),
    await pythonCheck(local, lacks),
  ];
}

type Lacks = (name: string, detail: string, fix: string) => Check;

function dockerCheck(report: ProviderReport, lacks: Lacks): Check {
  const { available, detail, facts } = report;
  if (!available) return lacks("Docker engine", detail, dockerAdvice(report) ?? "");
  const known = Object.entries(facts).map(([name, value]) => `${name} ${value}`);
  const text = known.length > 0 ? known.join("; ") : detail;
  if (/^v1\b/.test(facts["cgroup"] ?? "")) {
    return warning(
      "Docker engine",
      text,
      "boot with cgroup v2 (systemd.unified_cgroup_hierarchy=1): limits are exact there",
    );
  }
  return ok("Docker engine", text);
}

function bubblewrapCheck(report: ProviderReport, lacks: Lacks): Check {
  const { available, detail, facts } = report;
  if (available)
    return ok("bubblewrap", `${facts["bubblewrap"] ?? detail}; limits ${facts["limits"] ?? "as configured"}`);
  // Its own check says so when only the namespaces or Python are at fault.
  if (/user namespaces|Python/.test(detail)) return ok("bubblewrap", "installed");
  return lacks("bubblewrap", detail, localAdvice(report) ?? "use Docker on this system");
}

async function namespacesCheck(report: ProviderReport, lacks: Lacks): Promise<Check> {
  const name = "user namespaces";
  if (report.available) return ok(name, "usable without privileges");
  if (/user namespaces/.test(report.detail)) return lacks(name, report.detail, localAdvice(report) ?? "");
  if (process.platform !== "linux") return lacks(name, "this system has none", "use Docker on this system");
  const [most, allowed, restricted] = await Promise.all([
    sysctl("user/max_user_namespaces"),
    sysctl("kernel/unprivileged_userns_clone"),
    sysctl("kernel/apparmor_restrict_unprivileged_userns"),
  ]);
  if (most === "0" || allowed === "0" || restricted === "1") {
    const fix = localAdvice({ ...report, detail: "user namespaces" }) ?? "";
    return lacks(name, "the kernel's settings forbid them to unprivileged users", fix);
  }
  return ok(name, "not forbidden by the kernel's settings");
}

async function pythonCheck(report: ProviderReport, lacks: Lacks): Promise<Check> {
  const name = "Python 3";
  if (report.available) return ok(name, report.facts["python"] ?? "found");
  if (/Python/.test(report.detail)) return lacks(name, report.detail, localAdvice(report) ?? "");
  for (const program of ["/usr/bin/python3", "python3"]) {
    const found = await run(program, ["--version"], { timeout: 10_000 }).catch(() => null);
    if (found) return ok(name, `${found.stdout.trim()} (${program}); the local provider has not tried it yet`);
  }
  return lacks(
    name,
    "no python3 on this machine",
    "install Python 3.9 or newer (Debian, Ubuntu: apt-get install python3)",
  );
}

async function sysctl(name: string): Promise<string | null> {
  return readFile(`/proc/sys/${name}`, "utf8").then(
    (text) => text.trim(),
    () => null,
  );
}
