import { z } from "zod";

/** Text without control characters: names appear in logs, labels and terminals, and Postgres takes no NUL. */
export const printable = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => !/\p{Cc}/u.test(text), "must not contain control characters");

/** Free text of a path or a query. */
export const PrintableParameter = printable(256);
