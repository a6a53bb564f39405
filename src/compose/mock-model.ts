import type { MockModelOptions, RunningMockModel } from "../cli/services.ts";
import { messageOf, SandlotError } from "../core/errors/sandlot-error.ts";
import { startStandIn, type StandIn } from "../models/index.ts";

/** Starts what `sandlot model mock` serves. */
export async function startMockModel(options: MockModelOptions): Promise<RunningMockModel> {
  const { model = "stand-in", answerTokens, ...rest } = options;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const length = answerTokens === undefined ? {} : { answerLength: { median: answerTokens, sigma: 0.6 } };
  let standIn: StandIn;
  try {
    standIn = await startStandIn({ model, ...given, ...length });
  } catch (error) {
    throw new SandlotError("invalid_request", { fields: [{ field: "--port", problem: messageOf(error) }] });
  }
  return { model, urls: standIn.replicas.map(({ url }) => `${url}/v1`), shutdown: () => standIn.shutdown() };
}
