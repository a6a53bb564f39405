import { z } from "zod";
import type { Path } from "./path.ts";

/** How the text of an environment variable or a flag becomes a value. */
export type LeafKind = "text" | "number" | "boolean" | "list" | "yaml";

/** A setting that the schema knows; `*` stands for a name of the user's choice, such as a model's. */
export interface Leaf {
  readonly path: readonly string[];
  readonly kind: LeafKind;
}

/** The schema without its defaults and optional marks. */
function bare(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return bare(schema.unwrap());
  }
  return schema;
}

/** The schema at `path`, or undefined where none is. */
export function schemaAt(root: z.core.$ZodType, path: Path): z.core.$ZodType | undefined {
  let schema: z.core.$ZodType | undefined = bare(root);
  for (const key of path) {
    if (schema instanceof z.ZodObject) schema = (schema.shape as Record<PropertyKey, z.core.$ZodType>)[key];
    else if (schema instanceof z.ZodRecord) schema = schema.valueType;
    else if (schema instanceof z.ZodArray) schema = schema.element;
    else return undefined;
    schema = schema && bare(schema);
  }
  return schema;
}

/** Names that the object at `path` may have; none where they are free. */
export function knownKeys(root: z.core.$ZodType, path: Path): string[] {
  const schema = schemaAt(root, path);
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** Every setting under `root`. */
export function leavesOf(root: z.core.$ZodType, path: readonly string[] = []): Leaf[] {
  const schema = bare(root);
  if (schema instanceof z.ZodObject) {
    const shape = schema.shape as Record<string, z.core.$ZodType>;
    return Object.entries(shape).flatMap(([key, child]) => leavesOf(child, [...path, key]));
  }
  if (schema instanceof z.ZodRecord) return leavesOf(schema.valueType, [...path, "*"]);
  return [{ path, kind: kindOf(schema) }];
}

function kindOf(schema: z.core.$ZodType): LeafKind {
  if (schema instanceof z.ZodNumber) return "number";
  if (schema instanceof z.ZodBoolean) return "boolean";
  if (!(schema instanceof z.ZodArray)) return "text";
  return bare(schema.element) instanceof z.ZodObject ? "yaml" : "list";
}
