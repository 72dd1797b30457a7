/** Runs the Python of the command line's imports, so that the page goes on whatever the size of a file. */

import { modules, runtime } from "virtual:python";
import { loadPyodide } from "pyodide";
import type { PyProxy } from "pyodide/ffi";
import type { Answered, Asked, WorkerMethods } from "./protocol";

const MODULES = "/modules";

async function load(): Promise<PyProxy> {
  const [python, archive] = await Promise.all([
    loadPyodide({ indexURL: new URL(runtime, location.origin).href }),
    fetch(modules).then((response) => {
      if (!response.ok) {
        throw new Error(`${modules}: ${response.status}`);
      }
      return response.arrayBuffer();
    }),
  ]);
  python.unpackArchive(new Uint8Array(archive), "zip", { extractDir: MODULES });
  python.runPython(`import sys; sys.path.insert(0, "${MODULES}")`);
  return python.pyimport("inventory_imports.page").FileInPage as PyProxy;
}

let loading: Promise<PyProxy> | null = null;

/** The class of files; after a failure, such as a lost network, it is loaded anew. */
function loaded(): Promise<PyProxy> {
  loading ??= load().catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

let file: PyProxy | null = null;

function opened(): PyProxy {
  if (file === null) {
    throw new Error("No file is open.");
  }
  return file;
}

const methods: { [Name in keyof WorkerMethods]: (...args: never[]) => unknown } = {
  open: async (name: string, content: ArrayBuffer, vendorId: string, options: string) => {
    const type = await loaded();
    file?.destroy();
    file = null;
    file = (type as unknown as (...args: unknown[]) => PyProxy)(
      name,
      new Uint8Array(content),
      vendorId,
      options,
    );
    return file.described();
  },
  read: (kind: string, how: string) => opened().read(kind, how),
  addProducts: (page: string) => opened().add_products(page),
  addSkus: (page: string) => opened().add_skus(page),
  logs: () => opened().logs(),
  addRecords: (page: string) => opened().add_records(page),
  compare: () => opened().compare(),
  commands: (importKey: string) => opened().commands(importKey),
  rejected: (refused: string, limit: number) => opened().rejected(refused, limit),
  rejects: (refused: string) => {
    const bytes = opened().rejects(refused) as PyProxy;
    const content = bytes.toJs();
    bytes.destroy();
    return content;
  },
  rejectsName: () => opened().rejects_name(),
};

/** What a person can use of an error: of Python's own, the sentence at its end. */
function sentenceOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const sentence = /(?:^|\n)[\w.]*FileError: ([\s\S]*)$/.exec(message.trimEnd());
  return sentence?.[1] ?? message.trimEnd().split("\n").at(-1) ?? "";
}

// One after another, in the order in which they were asked.
let last: Promise<void> = Promise.resolve();
addEventListener("message", ({ data }: MessageEvent<Asked>) => {
  last = last.then(async () => {
    const { id, method, args } = data;
    let answer: Answered;
    try {
      answer = { id, result: await methods[method](...(args as never[])) };
    } catch (error) {
      answer = { id, error: sentenceOf(error) };
    }
    postMessage(answer);
  });
});
