import pc from "picocolors";

type Colours = ReturnType<typeof pc.createColors>;

/** Turns one log record, as pino writes it, into a short line for people: `12:03:44 info  message key=value`. */
export type PrettyLine = (json: string) => string;

/** Pretty lines with or without colours. */
export function createPrettyLine(hasColours: boolean): PrettyLine {
  const colours = pc.createColors(hasColours);
  return (json) => prettyLine(json, colours);
}

function prettyLine(json: string, colours: Colours): string {
  const { level, time, msg, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const name = String(level);
  const clock = new Date(Number(time)).toTimeString().slice(0, 8);
  const levels: Readonly<Record<string, (text: string) => string>> = {
    debug: colours.dim,
    info: colours.green,
    warn: colours.yellow,
    error: colours.red,
  };
  const parts = [colours.dim(clock), (levels[name] ?? String)(name.padEnd(5)), String(msg)];
  const stacks: string[] = [];
  for (const [key, value] of Object.entries(fields)) {
    const stack = stackOf(value);
    if (stack) stacks.push(stack);
    else parts.push(colours.dim(`${key}=${typeof value === "string" ? quoted(value) : JSON.stringify(value)}`));
  }
  return `${[parts.join(" "), ...stacks].join("\n")}\n`;
}

function stackOf(value: unknown): string | undefined {
  const stack = (value as { stack?: unknown } | null)?.stack;
  return typeof stack === "string" ? stack : undefined;
}

function quoted(text: string): string {
  return /^[\w./:@[\]-]+$/.test(text) ? text : JSON.stringify(text);
}
