import { defineConfig } from "vitest/config";

/** Tests in a real browser against a running stack: `CONSOLE_URL` names it. */
export default defineConfig({
  test: {
    include: ["browser/**/*.test.ts"],
    environment: "node",
    fileParallelism: false,
    expect: { poll: { timeout: 10_000 } },
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
