/** One line of a metrics page. */
export interface MetricSample {
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/**
 * The samples of the named metrics, by name, of a page in Prometheus' text format. Lines that are none are passed over. Of a page of
 * hundreds of lines, read every few seconds of every replica, only the named ones are looked at.
 */
export function readMetrics(page: string, names: ReadonlySet<string>): Map<string, MetricSample[]> {
  const found = new Map<string, MetricSample[]>();
  for (const name of names) {
    const samples = Array.from(linesOf(page, name), sampleOf).filter((sample) => sample?.name === name);
    if (samples.length > 0)
      found.set(
        name,
        samples.flatMap((sample) => sample ?? []),
      );
  }
  return found;
}

/** Lines that begin with a name, or with one that begins with it. */
function* linesOf(page: string, name: string): Generator<string> {
  for (let at = page.indexOf(name); at >= 0; at = page.indexOf(name, at + name.length)) {
    if (at > 0 && page[at - 1] !== "\n") continue;
    const end = page.indexOf("\n", at);
    yield page.slice(at, end < 0 ? page.length : end);
  }
}

function sampleOf(line: string): (MetricSample & { readonly name: string }) | null {
  const [, name, labels = "", value] = LINE.exec(line) ?? [];
  return name === undefined ? null : { name, labels: labelsOf(labels), value: Number(value) };
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
