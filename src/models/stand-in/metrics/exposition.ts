import type { Histogram } from "./histogram.ts";

export type Labels = Readonly<Record<string, string>>;
type Sample<V> = readonly [Labels, V];

/** Writes Prometheus text as Python's client does: labels sorted, numbers as floats, a `_created` gauge per series. */
export class Exposition {
  readonly #lines: string[] = [];
  readonly #created: number;

  /** `created`: since when it is counted, in epoch seconds. */
  constructor(created: number) {
    this.#created = created;
  }

  gauge(name: string, help: string, samples: readonly Sample<number>[]): this {
    this.#head(name, help, "gauge");
    for (const [labels, value] of samples) this.#line(name, labels, value);
    return this;
  }

  /** `name` without `_total`. */
  counter(name: string, help: string, samples: readonly Sample<number>[]): this {
    this.#head(`${name}_total`, help, "counter");
    for (const [labels, value] of samples) this.#line(`${name}_total`, labels, value);
    return this.#creation(name, help, samples);
  }

  histogram(name: string, help: string, samples: readonly Sample<Histogram>[]): this {
    this.#head(name, help, "histogram");
    for (const [labels, histogram] of samples) {
      const counts = histogram.cumulative();
      for (const [i, bound] of histogram.bounds.entries())
        this.#line(`${name}_bucket`, { ...labels, le: float(bound) }, counts[i] ?? 0);
      this.#line(`${name}_bucket`, { ...labels, le: "+Inf" }, histogram.count);
      this.#line(`${name}_count`, labels, histogram.count);
      this.#line(`${name}_sum`, labels, histogram.sum);
    }
    return this.#creation(name, help, samples);
  }

  toString(): string {
    return `${this.#lines.join("\n")}\n`;
  }

  #creation(name: string, help: string, samples: readonly Sample<unknown>[]): this {
    return this.gauge(
      `${name}_created`,
      help,
      samples.map(([labels]) => [labels, this.#created] as const),
    );
  }

  #head(name: string, help: string, type: string): void {
    this.#lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
  }

  #line(name: string, labels: Labels, value: number): void {
    const pairs = Object.keys(labels)
      .toSorted()
      .map((label) => `${label}="${escape(labels[label] ?? "")}"`);
    this.#lines.push(`${name}${pairs.length > 0 ? `{${pairs.join(",")}}` : ""} ${float(value)}`);
  }
}

function float(value: number): string {
  const text = String(value);
  return Number.isInteger(value) && !text.includes("e") ? `${text}.0` : text;
}

function escape(text: string): string {
  return text.replaceAll(/["\\]/g, "\\$&").replaceAll("\n", "\\n");
}
