/** One line of a metrics page. */
export interface MetricSample {
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** The samples of the named metrics, by name, of a page in Prometheus' text format. Lines that are none are passed over. */
export function readMetrics(page: string, names: ReadonlySet<string>): Map<string, MetricSample[]> {
  const found = new Map<string, MetricSample[]>();
  for (const line of page.split("\n")) {
    const [, name, labels = "", value] = LINE.exec(line) ?? [];
    if (name === undefined || !names.has(name)) continue;
    const samples = found.get(name) ?? [];
    found.set(name, samples);
    samples.push({ labels: labelsOf(labels), value: Number(value) });
  }
  return found;
}

function labelsOf(text: string): Map<string, string> {
  const labels = new Map<string, string>();
  for (const [, name = "", value = ""] of text.matchAll(LABEL))
    labels.set(
      name,
      value.replace(/\\(.)/g, (_, char: string) => (char === "n" ? "\n" : char)),
    );
  return labels;
}
