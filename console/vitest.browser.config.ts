import { defineConfig } from "vitest/config";

/** Tests in a real browser against a running stack: `CONSOLE_URL` names it. `CONSOLE_SLOWNESS` says how much
 * slower than a quiet one of two cores the machine is: times are stretched by it.
 */
const slowness = Math.max(1, Number(process.env.CONSOLE_SLOWNESS ?? 1));

export default defineConfig({
  test: {
    include: ["browser/**/*.test.ts"],
    environment: "node",
    fileParallelism: false,
    expect: { poll: { timeout: 10_000 * slowness } },
    testTimeout: 60_000 * slowness,
    hookTimeout: 60_000 * slowness,
  },
});
