import type { PoolView, SandboxView } from "../../contract/pools.ts";
import { errorLine } from "../report-error.ts";
import { bytes, count, duration, percent } from "../terminal/format.ts";
import { sanitiseLine } from "../terminal/sanitise.ts";
import type { Screen } from "../terminal/screen.ts";
import { type Column, table } from "../terminal/table.ts";

const right = { align: "right" } as const;

const POOL_COLUMNS: readonly Column[] = [
  { title: "pool" },
  { title: "state" },
  { title: "image" },
  { title: "resource", shrink: true },
  { title: "tenant", shrink: true },
  { title: "memory × slots", ...right },
  { title: "min–max", ...right },
  { title: "idle", ...right },
  { title: "leased", ...right },
  { title: "making", ...right },
  { title: "waiting", ...right },
  { title: "hit rate", ...right },
];

/** A table of pools: memory of one run, and the share of claims that found a sandbox ready. */
export function poolTable({ columns, colors: c }: Screen, pools: readonly PoolView[]): string[] {
  const rows = pools.map(({ id, state, spec, limits, stats, last_error }) => [
    id,
    { text: last_error ? "failing" : state, paint: last_error ? c.red : state === "open" ? c.green : c.yellow },
    spec.image,
    spec.resource,
    spec.tenant,
    `${bytes(spec.memory_bytes)} × ${spec.slots}`,
    `${limits.min}–${limits.max}`,
    count(stats.idle),
    count(stats.leased),
    count(stats.creating),
    count(stats.waiting),
    percent(stats.hits, stats.claims),
  ]);
  return table(POOL_COLUMNS, rows, { width: columns, paintTitle: c.bold });
}

/** One pool with everything about it. */
export function poolScreen({ colors: c }: Screen, pool: PoolView): string[] {
  const { spec, limits, stats, last_error } = pool;
  const state = pool.state === "open" ? c.green(pool.state) : c.yellow(pool.state);
  return [
    `pool       ${c.bold(sanitiseLine(pool.id))}  ${state}`,
    `serves     ${sanitiseLine(spec.resource)} of tenant ${sanitiseLine(spec.tenant)}`,
    `sandbox    ${sanitiseLine(spec.image)}, ${spec.slots} slots, ${spec.cpus} cores, runtime ${sanitiseLine(spec.runtime)}, mode ${spec.mode}, no network`,
    `one run    ${bytes(spec.memory_bytes)} memory, ${bytes(spec.scratch_bytes)} files, ${spec.processes} processes`,
    `sizes      min ${limits.min}, max ${limits.max}, idle buffer ${limits.idle_buffer}`,
    `now        ${stats.idle} idle, ${stats.leased} leased, ${stats.creating} being made, ${stats.waiting} waiting`,
    `so far     ${count(stats.created)} made, ${count(stats.removed)} removed, ${count(stats.lost)} lost, ${count(stats.failed)} failed; ${count(stats.claims)} claims, ${percent(stats.hits, stats.claims)} found a sandbox ready`,
    ...(last_error ? [`${c.red("error")}      ${sanitiseLine(errorLine(last_error.code, last_error.message))}`] : []),
  ];
}

const SANDBOX_COLUMNS: readonly Column[] = [
  { title: "sandbox" },
  { title: "state" },
  { title: "image", shrink: true },
  { title: "mode" },
  { title: "users", ...right },
  { title: "uses", ...right },
  { title: "age", ...right },
  { title: "pool", shrink: true },
];

/** A table of sandboxes. */
export function sandboxTable({ columns, colors: c }: Screen, sandboxes: readonly SandboxView[]): string[] {
  const paint = { idle: c.dim, leased: c.green, retiring: c.yellow };
  const rows = sandboxes.map(({ id, state, exclusive, image, mode, users, uses, age_ms, pool_id }) => [
    id,
    { text: exclusive ? `${state} whole` : state, paint: paint[state] },
    image,
    mode,
    count(users),
    count(uses),
    duration(age_ms),
    pool_id,
  ]);
  return table(SANDBOX_COLUMNS, rows, { width: columns, paintTitle: c.bold });
}
