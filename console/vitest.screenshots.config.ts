import { defineConfig } from "vitest/config";

/** The pictures of the documents, taken from a running stack that `CONSOLE_URL` names. */
export default defineConfig({
  test: {
    include: ["browser/screenshots.ts"],
    environment: "node",
    testTimeout: 120_000,
    hookTimeout: 600_000,
  },
});
