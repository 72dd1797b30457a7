import { defineConfig } from "vitest/config";

/** Four users at a running stack that `CONSOLE_URL` names. */
export default defineConfig({
  test: {
    include: ["browser/four_users.ts"],
    environment: "node",
    hookTimeout: 600_000,
  },
});
