// node scripts/imports_in_pyodide.mjs ARCHIVE < cases.json: what Pyodide makes of files, as JSON.
// A case is [name of the file, path, kind, how to read it, a page of products]; the answer to each is
// [described, compared, commands, rejected].

import { readFileSync } from "node:fs";
import { loadPyodide } from "pyodide";

const python = await loadPyodide();
python.unpackArchive(new Uint8Array(readFileSync(process.argv[2])), "zip", { extractDir: "/modules" });
python.runPython('import sys; sys.path.insert(0, "/modules")');
const { FileInPage } = python.pyimport("inventory_imports.page");
const cases = JSON.parse(readFileSync(0, "utf8"));
const answers = cases.map(([name, path, kind, how, products]) => {
  const file = FileInPage(name, new Uint8Array(readFileSync(path)), "VENDOR-001", "{}");
  const described = file.described();
  file.read(kind, JSON.stringify(how));
  file.add_products(products);
  const answer = [described, file.compare(), file.commands("key"), file.rejected("{}", 1_000_000)];
  file.destroy();
  return answer;
});
process.stdout.write(JSON.stringify(answers));
