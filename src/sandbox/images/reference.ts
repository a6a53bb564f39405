import { folderDigest } from "./digest.ts";

/** Reference of the image that the present content of a folder builds. */
export async function imageReference(folder: string, name: string): Promise<string> {
  return `sandlot/${name}:${await folderDigest(folder)}`;
}
