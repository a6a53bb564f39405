import type { SandboxListing, SandboxOwner } from "./port.ts";
import type { SandboxSpec } from "./spec.ts";

/** What a provider writes on a sandbox, so that whoever finds it knows whose it is and until when. */
export const LABELS = {
  installation: "sandlot.installation",
  owner: "sandlot.owner",
  expires: "sandlot.expires",
  tenant: "sandlot.tenant",
  resource: "sandlot.resource",
} as const;

/** `expiresAt`: epoch milliseconds. */
export function labelsOf(
  owner: SandboxOwner,
  { tenant, resource }: SandboxSpec,
  expiresAt: number,
): Record<string, string> {
  return { ...helperLabels(owner, expiresAt), [LABELS.tenant]: tenant, [LABELS.resource]: resource };
}

/** What is written on a helper that serves no tenant: whose it is, and until when (epoch milliseconds). */
export function helperLabels({ installation, owner }: SandboxOwner, expiresAt: number): Record<string, string> {
  return { [LABELS.installation]: installation, [LABELS.owner]: owner, [LABELS.expires]: String(expiresAt) };
}

export function listingOf(id: string, labels: Readonly<Record<string, string>>): SandboxListing {
  return {
    id,
    installation: labels[LABELS.installation] ?? "",
    owner: labels[LABELS.owner] ?? "",
    expiresAt: Number(labels[LABELS.expires] ?? 0),
  };
}
