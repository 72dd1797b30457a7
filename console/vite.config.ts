import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { python } from "./python";

/** The local front, which serves the services, tokens and the configuration under its own address. */
const front = process.env.FRONT_URL ?? "http://127.0.0.1:8000";
const proxy = Object.fromEntries(
  ["/api", "/token", "/config.json", "/demo"].map((path) => [
    path,
    // The front takes no request of a foreign origin, which this server is.
    { target: front, changeOrigin: true, headers: { origin: front } },
  ]),
);

export default defineConfig({
  plugins: [react(), python()],
  worker: { format: "es", plugins: () => [python()] },
  server: { host: "127.0.0.1", proxy },
  preview: { host: "127.0.0.1", proxy },
  build: {
    target: "es2023",
    // Those that know light-dark(): older ones are not served.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // Inlined files would need data: addresses that the page's policy does not allow for scripts and fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
