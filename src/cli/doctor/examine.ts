import type { Config } from "../../config/index.ts";
import type { CliServices } from "../services.ts";
import { autoSentence } from "./advice.ts";
import type { Check } from "./check.ts";
import { imageChecks } from "./image-checks.ts";
import { dataDirectoryCheck, nodeCheck, spaceCheck } from "./machine-checks.ts";
import { providerChecks } from "./provider-checks.ts";
import { databaseCheck, modelChecks, portCheck } from "./service-checks.ts";

/** What doctor finds. */
export interface DoctorReport {
  /** Whether the demo can run here. */
  readonly ready: boolean;
  readonly checks: readonly Check[];
  /** What the provider `auto` takes, or what to install. */
  readonly sentence: string;
}

/** Looks at everything Sandlot needs; changes nothing, and throws for nothing that it finds. */
export async function examine({ config, services }: { config: Config; services: CliServices }): Promise<DoctorReport> {
  const node = nodeCheck(process.versions.node);
  const [reports, space, directory, port, database, models] = await Promise.all([
    services.probeProviders(config),
    spaceCheck(config),
    dataDirectoryCheck(config),
    portCheck(config),
    databaseCheck(config),
    modelChecks(config),
  ]);
  const images = reports.docker.available ? await imageChecks(config, services) : [];
  const checks = [node, ...(await providerChecks(reports)), ...images, space, directory, port, database, ...models];
  const hasProvider = reports.docker.available || reports.local.available;
  const ready = hasProvider && [node, space, directory, database].every(({ state }) => state !== "missing");
  return { ready, checks, sentence: autoSentence(reports) };
}
