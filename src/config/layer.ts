import { formatPath, type Path, valueAt } from "./path.ts";

/** One source of settings. Layers apply in order: defaults, file, environment, flags. */
export type Layer = readonly Setting[];

/** One value, and where it came from. */
export interface Setting {
  readonly path: Path;
  readonly value: unknown;
  /** `sandlot.yaml:12`, `SANDLOT_SERVER_PORT` or `--port`. */
  readonly source: string;
  /** Directory that a relative file name in the value starts from. */
  readonly directory: string;
}

/** Where a value came from that nothing set. */
export const DEFAULT_SOURCE = "default";

/** Where each value came from. */
export interface Sources {
  /** The layer that set this value; `default` when none did. */
  of(path: Path): string;
  /** Like `of`; for what is missing, the place where it would belong: its surroundings' source. */
  around(path: Path): string;
  /** Directory that relative file names at this path start from. */
  directoryOf(path: Path): string;
}

/** Looks sources up in settings of which later ones win; `directory` holds for the defaults. */
export function sourcesOf(settings: readonly Setting[], directory: string): Sources {
  const byPath = new Map(settings.map((setting) => [formatPath(setting.path), setting]));
  /** The settings at the path and above it, nearest first. */
  const above = (path: Path): Setting[] => {
    const prefixes = path.map((_, i) => formatPath(path.slice(0, path.length - i)));
    return prefixes.flatMap((prefix) => byPath.get(prefix) ?? []);
  };
  const own = (path: Path) => above(path).find((s) => valueAt(s.value, path.slice(s.path.length)) !== undefined);
  const sibling = (path: Path) =>
    settings.find((s) => formatPath(s.path.slice(0, path.length - 1)) === formatPath(path.slice(0, -1)));
  return {
    of: (path) => own(path)?.source ?? DEFAULT_SOURCE,
    around: (path) =>
      (own(path) ?? above(path)[0] ?? (path.length > 1 ? sibling(path) : undefined))?.source ?? DEFAULT_SOURCE,
    directoryOf: (path) => own(path)?.directory ?? directory,
  };
}
