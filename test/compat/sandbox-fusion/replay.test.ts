import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DIALECT_NAMES } from "../../../src/compat/sandbox-fusion/languages.ts";
import { DEVIATIONS, LOOSE_TEXTS } from "./support/deviations.ts";
import { normalise, withoutTexts } from "./support/normalise.ts";
import { type Exchange, hasRecordings, recordedExchanges, send } from "./support/recordings.ts";
import { type DialectServer, openDialectServer } from "./support/server.ts";

const exchanges = recordedExchanges();
const documentation = readFileSync(join(import.meta.dirname, "../../../docs/sandbox-fusion.md"), "utf8");

describe.skipIf(!hasRecordings)("recorded exchanges with SandboxFusion (needs ../shared/data)", () => {
  let server: DialectServer;
  beforeAll(async () => {
    server = await openDialectServer();
  });
  afterAll(() => server.close());

  it.for(exchanges)("$name", async (exchange, { skip }) => {
    const { name, request, response } = exchange;
    const language = languageOf(exchange);
    if (language !== null && server.notBuilt.has(language)) skip(`the image of ${language} is not built here`);
    const ours = await send(server.port, request);
    if (language !== null && !server.languages.has(language)) {
      // No image has it: refused by name, and documented.
      expect(ours).toMatchObject({ status: 422, body: { detail: [{ type: "literal_error", input: language }] } });
      expect(documentation).toMatch(new RegExp(`^\\| without an image \\|.*\`${language}\``, "m"));
      return;
    }
    const deviation = DEVIATIONS[name];
    const loose = LOOSE_TEXTS[name]?.paths ?? [];
    const [wanted, got] = [response, ours].map((reply) => withoutTexts(normalise(reply), loose));
    if (!deviation) {
      expect(got).toEqual(wanted);
      return;
    }
    if (deviation.mayAgree !== true) expect(got, "no deviation any more").not.toEqual(wanted);
    expect(ours).toMatchObject(deviation.ours);
  });

  it("are all documented where the answer is another", () => {
    const names = new Set(exchanges.map(({ name }) => name));
    for (const table of [DEVIATIONS, LOOSE_TEXTS]) {
      for (const name of Object.keys(table)) {
        expect(names, "a deviation from nothing").toContain(name);
        expect(documentation, "not in docs/sandbox-fusion.md").toContain(`\`${name}\``);
      }
    }
  });
});

/** The language in which an exchange runs something, where it is one of the dialect. */
function languageOf({ request: { body } }: Exchange): string | null {
  const { language, config } = (body ?? {}) as {
    language?: unknown;
    config?: {
      language?: unknown;
      provided_data?: { labels?: { execution_language?: unknown; programming_language?: unknown } };
    };
  };
  const labels = config?.provided_data?.labels;
  const found = language ?? labels?.execution_language ?? labels?.programming_language ?? config?.language;
  return typeof found === "string" && DIALECT_NAMES.includes(found) ? found : null;
}
