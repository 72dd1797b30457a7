// Writes the types of the services' documents, or with --check fails if the written ones have drifted.
import { readFile, writeFile } from "node:fs/promises";
import openapi, { astToString } from "openapi-typescript";

const SERVICES = ["catalog", "stock", "audit"];
const check = process.argv.includes("--check");
let drifted = false;

for (const service of SERVICES) {
  const document = new URL(`../../services/${service}/openapi.json`, import.meta.url);
  const target = new URL(`../src/shared/api/${service}.d.ts`, import.meta.url);
  const head = `// Generated from services/${service}/openapi.json by npm run types; do not edit.\n\n`;
  const text = head + astToString(await openapi(document));
  if (!check) {
    await writeFile(target, text);
  } else if ((await readFile(target, "utf8").catch(() => "")) !== text) {
    console.error(
      `src/shared/api/${service}.d.ts differs from services/${service}/openapi.json: npm run types`,
    );
    drifted = true;
  }
}
process.exitCode = drifted ? 1 : 0;
