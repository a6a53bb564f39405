import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const alias = { sandlot: fileURLToPath(new URL("./src/index.ts", import.meta.url)) };

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias },
        test: { name: "unit", include: ["src/**/*.test.ts", "environments/**/*.test.ts"], testTimeout: 10_000 },
      },
      {
        resolve: { alias },
        test: {
          name: "integration",
          include: ["test/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          // Two cores and one engine: files one after another, so that no test measures its neighbours.
          fileParallelism: false,
        },
      },
    ],
  },
});
