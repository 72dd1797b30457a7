/** Where the build puts the Python of the import screen; see `python.ts` beside the configuration of Vite. */
declare module "virtual:python" {
  /** The folder of Pyodide. */
  export const runtime: string;
  /** The archive of the modules. */
  export const modules: string;
}
