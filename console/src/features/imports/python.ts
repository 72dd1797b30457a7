import type { Answered, Asked, WorkerMethods } from "./protocol";

/** Calls the worker with the Python of imports. It loads 12 MB once, when the first file is chosen. */
export class PythonWorker {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, (answer: Answered) => void>();
  #asked = 0;

  constructor() {
    this.#worker = new Worker(new URL("./import.worker.ts", import.meta.url), { type: "module" });
    this.#worker.addEventListener("message", ({ data }: MessageEvent<Answered>) => {
      this.#waiting.get(data.id)?.(data);
      this.#waiting.delete(data.id);
    });
    this.#worker.addEventListener("error", (event) => {
      for (const [id, answer] of this.#waiting) {
        answer({ id, error: event.message || "The worker could not be started." });
      }
      this.#waiting.clear();
    });
  }

  /** Call a method.
   * @throws Error with a sentence for people.
   */
  async call<Name extends keyof WorkerMethods>(
    method: Name,
    ...args: Parameters<WorkerMethods[Name]>
  ): Promise<ReturnType<WorkerMethods[Name]>> {
    this.#asked += 1;
    const asked: Asked = { id: this.#asked, method, args };
    const answer = await new Promise<Answered>((resolve) => {
      this.#waiting.set(asked.id, resolve);
      this.#worker.postMessage(
        asked,
        args.filter((each) => (each as unknown) instanceof ArrayBuffer) as never,
      );
    });
    if ("error" in answer) {
      throw new Error(answer.error);
    }
    return answer.result as ReturnType<WorkerMethods[Name]>;
  }

  /** Call a method that returns JSON. */
  async ask<Document>(
    method: keyof WorkerMethods,
    ...args: Parameters<WorkerMethods[keyof WorkerMethods]>
  ): Promise<Document> {
    return JSON.parse((await this.call(method, ...args)) as string) as Document;
  }

  close(): void {
    this.#worker.terminate();
  }
}
