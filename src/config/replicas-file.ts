import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { z } from "zod";
import { messageOf, SandlotError } from "../core/errors/sandlot-error.ts";
import { type ReplicaConfig, ReplicaList } from "./model-schema.ts";

/** The list in a fleet's `replicas_file`. Throws `invalid_config`, which names the file and what is wrong with it. */
export async function readReplicasFile(file: string): Promise<readonly ReplicaConfig[]> {
  const wrong = (problem: string, cause?: unknown) =>
    new SandlotError("invalid_config", { source: file, fields: [{ field: "replicas", problem }] }, { cause });
  let value: unknown;
  try {
    value = parse(await readFile(file, "utf8"));
  } catch (error) {
    throw wrong(messageOf(error), error);
  }
  const list = ReplicaList.safeParse(value);
  if (!list.success) throw wrong(z.prettifyError(list.error));
  return list.data;
}
