import type { LogFields, Logger } from "../core/logger.ts";

/** A child logger that is made when it is first used: most requests write nothing but their own record. */
export class LazyLogger implements Logger {
  readonly #parent: Logger;
  readonly #fields: LogFields;
  #child: Logger | null = null;

  constructor(parent: Logger, fields: LogFields) {
    this.#parent = parent;
    this.#fields = fields;
  }

  debug(fields: LogFields, message: string): void {
    this.#made.debug(fields, message);
  }

  info(fields: LogFields, message: string): void {
    this.#made.info(fields, message);
  }

  warn(fields: LogFields, message: string): void {
    this.#made.warn(fields, message);
  }

  error(fields: LogFields, message: string): void {
    this.#made.error(fields, message);
  }

  child(fields: LogFields): Logger {
    return this.#made.child(fields);
  }

  get #made(): Logger {
    return (this.#child ??= this.#parent.child(this.#fields));
  }
}
