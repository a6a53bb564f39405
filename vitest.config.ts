import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const alias = { sandlot: fileURLToPath(new URL("./src/index.ts", import.meta.url)) };
/** Real engines, databases and browsers. */
const REAL = { testTimeout: 120_000, hookTimeout: 180_000 };

/** One after another: what is quick, what may run side by side, and attacks, which would hurt what runs beside them. */
export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias },
        test: { name: "unit", include: ["src/**/*.test.ts"], testTimeout: 10_000 },
      },
      {
        resolve: { alias },
        test: {
          ...REAL,
          name: "integration",
          include: ["test/**/*.test.ts"],
          exclude: ["test/attacks/**"],
          maxWorkers: 2,
          // For a busy machine. What passes only at the second try is named at the end of the report; attacks get one try.
          retry: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        resolve: { alias },
        test: {
          ...REAL,
          name: "attacks",
          include: ["test/attacks/**/*.test.ts"],
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
