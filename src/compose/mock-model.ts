import type { MockModelOptions, RunningMockModel } from "../cli/services.ts";
import { messageOf, SandlotError } from "../core/errors/sandlot-error.ts";
import { startStandIn, type StandIn } from "../models/index.ts";

/** Starts what `sandlot model mock` serves. */
export async function startMockModel(options: MockModelOptions): Promise<RunningMockModel> {
  const { model = "stand-in", answerTokens, maxSequences, blockTokens, kvTokens, ...rest } = options;
  const length = answerTokens === undefined ? {} : { answerLength: { median: answerTokens, sigma: 0.6 } };
  const engine = given({ maxSequences, blockTokens, kvTokens });
  let standIn: StandIn;
  try {
    standIn = await startStandIn({ model, ...given(rest), ...length, engine });
  } catch (error) {
    throw new SandlotError("invalid_request", { fields: [{ field: "--port", problem: messageOf(error) }] });
  }
  return { model, urls: standIn.replicas.map(({ url }) => `${url}/v1`), shutdown: () => standIn.shutdown() };
}

/** The members that have a value. */
function given<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
