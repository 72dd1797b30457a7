// Medusa as it comes, without its admin's pages; LOCKING=postgres replaces its default lock, which is in memory.
const { defineConfig } = require("@medusajs/framework/utils");

const locking = {
  resolve: "@medusajs/medusa/locking",
  options: {
    providers: [{ id: "locking-postgres", resolve: "@medusajs/medusa/locking-postgres", is_default: true }],
  },
};

module.exports = defineConfig({
  admin: { disable: true },
  projectConfig: {
    databaseUrl: process.env.DATABASE_URL,
    databaseDriverOptions: { connection: { ssl: false } },
    http: {
      storeCors: "http://localhost",
      adminCors: "http://localhost",
      authCors: "http://localhost",
      jwtSecret: "peer",
      cookieSecret: "peer",
    },
  },
  modules: process.env.LOCKING === "postgres" ? [locking] : [],
});
