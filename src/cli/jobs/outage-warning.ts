import type { Client } from "../../client/index.ts";
import type { Session } from "../session.ts";

/** A job of which nothing has been heard for so long is asked after; then as often. */
const STILL_MS = 5_000;

/**
 * Says once why a job stands still whose model does not answer. Without it the only sign is that nothing happens: its rollouts wait.
 */
export function warnOfOutages(
  session: Pick<Session, "clock" | "warn">,
  client: Pick<Client, "listModels">,
  model: string,
) {
  let cancel: () => void = () => undefined;
  const wait = () => {
    cancel();
    cancel = session.clock.after(STILL_MS, () => void look());
  };
  const look = async () => {
    wait();
    if (await isDown(client, model))
      session.warn(
        `the model ${model} does not answer; its rollouts wait for it before they count as failed. Is its URL right?`,
      );
  };
  wait();
  return {
    /** Something of the job was heard. */
    heard: wait,
    close: () => cancel(),
  };
}

/** False where that cannot be found out: whatever keeps the answer away shows elsewhere. */
async function isDown(client: Pick<Client, "listModels">, model: string): Promise<boolean> {
  try {
    const { items } = await client.listModels();
    return items.some(({ name, down }) => name === model && down);
  } catch {
    return false;
  }
}
