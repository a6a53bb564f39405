import { EngineDeadError } from "../replica/engine-driver.ts";
import type { Generation } from "../replica/generation.ts";
import type { Exchange } from "../http/exchange.ts";
import { HttpError } from "../http/http-error.ts";

/** Lets the sequences of a call run to their ends. A client that leaves frees their places; then it never resolves. */
export async function runGenerations(exchange: Exchange, generations: readonly Generation[]): Promise<void> {
  const { replica, response } = exchange;
  const drop = () => {
    if (!response.writableFinished) for (const { id } of generations) replica.driver.drop(id);
  };
  response.once("close", drop);
  replica.metrics.choices.observe(generations.length);
  replica.load++;
  response.once("close", () => replica.load--);
  try {
    await Promise.all(generations.map((generation) => replica.driver.run(generation)));
  } catch (error) {
    if (error instanceof EngineDeadError) throw new HttpError(500, error.message);
    throw error;
  } finally {
    response.off("close", drop);
  }
}
