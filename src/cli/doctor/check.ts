/** What was found out about one thing that Sandlot needs. */
export interface Check {
  readonly name: string;
  /** `missing`: something does not work without it. `warning`: it works, with a drawback. */
  readonly state: "ok" | "warning" | "missing";
  /** What is there, or why not. */
  readonly detail: string;
  /** What to do about it; null when there is nothing to do. */
  readonly fix: string | null;
}

export const ok = (name: string, detail: string): Check => ({ name, state: "ok", detail, fix: null });
export const warning = (name: string, detail: string, fix: string): Check => ({ name, state: "warning", detail, fix });
export const missing = (name: string, detail: string, fix: string): Check => ({ name, state: "missing", detail, fix });
