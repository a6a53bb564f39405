import type { Client } from "../../client/index.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";

/** `work`, whose error for an unknown language names the option that says another, and the languages there are. */
export async function namingLanguages<T>(client: Client, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!SandlotError.is(error, "unknown_language")) throw error;
    const known = await client.listLanguages().catch(() => null);
    if (!known) throw error;
    const names = known.items.map(({ name }) => name).sort();
    const detail = `say another with --language: ${names.join(", ")}`;
    throw new SandlotError("unknown_language", { ...error.context, detail }, { cause: error });
  }
}
