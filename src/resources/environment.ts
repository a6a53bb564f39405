import type { CallContext } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { readTextLines } from "./jsonl.ts";
import type { EnvironmentManifest } from "./manifest.ts";
import type { ResourceDefinition } from "./definition.ts";
import type { Resource, Row } from "./port.ts";
import { parseRow, promptedRow, readRow } from "./row.ts";
import { TaskIndex } from "./task-index.ts";
import { rowsByTask } from "./tasks.ts";
import { type ToolDeclaration, toolDeclarations } from "./tool-declarations.ts";

/** An environment that has been loaded: its manifest, its resource, and its datasets on disk. */
export class Environment {
  readonly manifest: EnvironmentManifest;
  readonly folder: string;
  readonly resource: Resource;
  readonly #definition: ResourceDefinition;
  /** Made once: rows are read often. */
  readonly #tools: readonly ToolDeclaration[];
  readonly #datasetPath: (name: string) => string | undefined;
  readonly #tasks = new TaskIndex();

  /** Throws for a tool that cannot be declared, where the resource is the one that asks. */
  constructor(options: {
    manifest: EnvironmentManifest;
    folder: string;
    resource: Resource;
    definition: ResourceDefinition;
    datasetPath: (name: string) => string | undefined;
  }) {
    this.manifest = options.manifest;
    this.folder = options.folder;
    this.resource = options.resource;
    this.#definition = options.definition;
    this.#tools = options.definition.prompt ? toolDeclarations(options.definition) : [];
    this.#datasetPath = options.datasetPath;
  }

  get name(): string {
    return this.manifest.name;
  }

  /** Reads a row, adds what its model is asked if need be, and holds it against the resource's schema; throws `invalid_row`. */
  checkRow(raw: string, line: number): Row {
    const row = promptedRow(this.#definition, this.#tools, readRow(raw, line));
    parseRow(this.#definition, row.value, line);
    return row;
  }

  /** Rows of a dataset, the first one by default, checked. Throws `not_found` and `invalid_row`. */
  async dataset(_ctx: CallContext, name?: string): Promise<Row[]> {
    const path = this.#pathOf(name);
    const rows: Row[] = [];
    for await (const { text, line } of readTextLines(path)) rows.push(this.checkRow(text, line));
    return rows;
  }

  /** The row of one task of a dataset, the first one by default. Throws `unknown_task` and what `dataset` throws. */
  async task(ctx: CallContext, id: string, dataset?: string): Promise<Row> {
    return this.#tasks.find(this.#pathOf(dataset), id, () => this.dataset(ctx, dataset));
  }

  /** Ids of a dataset's tasks, the first one's by default, in its order. Throws what `dataset` throws. */
  async taskIds(ctx: CallContext, dataset?: string): Promise<string[]> {
    return [...rowsByTask(await this.dataset(ctx, dataset)).keys()];
  }

  #pathOf(dataset: string = this.manifest.datasets[0]?.name ?? ""): string {
    const path = this.#datasetPath(dataset);
    if (path) return path;
    throw new SandlotError("not_found", { kind: "dataset", id: `${this.name}/${dataset}` });
  }
}
