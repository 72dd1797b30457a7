import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";

const MODULE = "virtual:python";
const RESOLVED = `\0${MODULE}`;
/** The files of Pyodide that a worker loads; they find each other by these names in one folder. */
const RUNTIME = ["pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"];

/** The Python of the import screen, as files of our own: Pyodide, and the modules of an import.
 *
 * `virtual:python` says where they are. The archive of the modules is written by a Python that has them
 * (`INVENTORY_PYTHON`, or `python3`).
 */
export function python(): Plugin {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve("pyodide"));
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  const runtime = `assets/pyodide-${version}/`;
  let archive: Buffer | null = null;
  const modules = (): Buffer => {
    archive ??= written();
    return archive;
  };
  const archiveName = () =>
    `assets/imports-${createHash("sha256").update(modules()).digest("hex").slice(0, 12)}.zip`;
  return {
    name: "python",
    resolveId: (id) => (id === MODULE ? RESOLVED : undefined),
    load: (id) =>
      id === RESOLVED
        ? `export const runtime = ${JSON.stringify(`/${runtime}`)};\n` +
          `export const modules = ${JSON.stringify(`/${archiveName()}`)};\n`
        : undefined,
    generateBundle() {
      for (const file of RUNTIME) {
        this.emitFile({ type: "asset", fileName: runtime + file, source: readFileSync(join(folder, file)) });
      }
      this.emitFile({ type: "asset", fileName: archiveName(), source: modules() });
    },
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const path = (request.url ?? "").split("?")[0]?.slice(1) ?? "";
        const file = RUNTIME.find((each) => path === runtime + each);
        if (file === undefined && path !== archiveName()) {
          next();
          return;
        }
        const type = file?.endsWith(".mjs")
          ? "text/javascript"
          : file?.endsWith(".wasm")
            ? "application/wasm"
            : "application/octet-stream";
        response.setHeader("Content-Type", type);
        response.end(file === undefined ? modules() : readFileSync(join(folder, file)));
      });
    },
  };
}

function written(): Buffer {
  const scratch = mkdtempSync(join(tmpdir(), "imports-"));
  try {
    const file = join(scratch, "imports.zip");
    const program = process.env.INVENTORY_PYTHON ?? "python3";
    execFileSync(program, [join(import.meta.dirname, "python", "imports_archive.py"), file], {
      stdio: ["ignore", "inherit", "inherit"],
    });
    return readFileSync(file);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
