import { useCallback, useEffect, useState } from "react";
import { audit, documentOf } from "../../shared/api/clients";
import { isProblem } from "../../shared/api/problems";
import { JSON_LINES, linesOf, recordList } from "../../shared/log/lists";
import { texts } from "../../shared/texts/texts";
import { type LiveSku, liveSkuOf } from "./liveSku";
import type { Order, Outcome, Report } from "./messages";
import type { ShownDifference, VerifiedRow } from "./verifyLog";

const PAGE = 1000;
/** How long the index of the log may lag behind a SKU that has just changed. */
const LAG_MILLISECONDS = 1_000;
const RUNS_MAX = 2;

/** What is verified, and what was found so far. */
export interface Verification {
  readonly state: "reading" | "checking" | "done";
  /** The records as the service served them. */
  readonly lines: readonly string[];
  readonly rows: readonly VerifiedRow[];
  /** How many records are checked. */
  readonly done: number;
  /** The keys, as the service served them or as they were kept. */
  readonly keys: string;
  /** The live SKU's hash; null if the SKU is not stored. */
  readonly head: string | null;
  /** Where the live SKU differs from its last record, as the service says. */
  readonly live: readonly ShownDifference[];
  readonly outcome: Outcome | null;
}

const NOTHING: Verification = {
  state: "reading",
  lines: [],
  rows: [],
  done: 0,
  keys: "",
  head: null,
  live: [],
  outcome: null,
};

/** A run of the verification, and what it has come to. */
interface Run {
  readonly sku: string | null;
  readonly verification: Verification;
  readonly error: unknown;
}

/** Read a SKU's log and verify it in a worker, when the SKU is first shown and whenever asked; null for no SKU.
 *
 * @param ownKeys a key set that was kept elsewhere; null for the one that the service serves.
 */
export function useVerification(sku: string | null, ownKeys: string | null) {
  const [count, setCount] = useState(0);
  const [run, setRun] = useState<Run>({ sku, verification: NOTHING, error: null });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new run verifies the same SKU again.
  useEffect(() => {
    setRun({ sku, verification: NOTHING, error: null });
    if (sku === null) return;
    const abort = new AbortController();
    const onChange = (verification: Verification) => {
      if (!abort.signal.aborted) setRun({ sku, verification, error: null });
    };
    verified(sku, ownKeys, abort.signal, onChange).catch((error: unknown) => {
      if (!abort.signal.aborted) setRun({ sku, verification: NOTHING, error });
    });
    return () => abort.abort();
  }, [sku, ownKeys, count]);
  const again = useCallback(() => setCount((runs) => runs + 1), []);
  // The page shows another SKU already before its run begins.
  const { verification, error } = run.sku === sku ? run : { verification: NOTHING, error: null };
  return { verification, error, again };
}

/** Verify once; and once more if the end was missing, as a record may not be in the index yet. */
async function verified(
  sku: string,
  ownKeys: string | null,
  signal: AbortSignal,
  onChange: (verification: Verification) => void,
): Promise<void> {
  for (let run = 1; ; run += 1) {
    const verification = await verifiedOnce(sku, ownKeys, signal, onChange);
    if (run === RUNS_MAX || verification.head === null || verification.outcome?.hasHead !== false) {
      onChange(verification);
      return;
    }
    await new Promise((resume) => setTimeout(resume, LAG_MILLISECONDS));
  }
}

async function verifiedOnce(
  sku: string,
  ownKeys: string | null,
  signal: AbortSignal,
  onChange: (verification: Verification) => void,
): Promise<Verification> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  signal.addEventListener("abort", () => worker.terminate());
  const send = (order: Order) => worker.postMessage(order);
  try {
    // The head is read first: a record of later is no fault, and one that is missing is.
    const [{ head, live }, keys] = await Promise.all([readLiveSku(sku, signal), ownKeys ?? readKeys(signal)]);
    const lines = await readRecords(sku, signal, (some, all) => {
      send({ type: "records", lines: some });
      onChange({ ...NOTHING, lines: all });
    });
    const found: Verification = { ...NOTHING, state: "checking", keys, head, live, lines };
    onChange(found);
    send({ type: "verify", sku, keys, head });
    return await reports(worker, signal, found, onChange);
  } finally {
    worker.terminate();
  }
}

/** Follow the worker until it is done. */
function reports(
  worker: Worker,
  signal: AbortSignal,
  found: Verification,
  onChange: (verification: Verification) => void,
): Promise<Verification> {
  const rows: VerifiedRow[] = [];
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
    worker.onerror = (event) => reject(new Error(event.message || texts.verify.workerFailed));
    worker.onmessage = ({ data }: MessageEvent<Report>) => {
      if (data.type === "rows") {
        rows.push(...data.rows);
        onChange({ ...found, rows, done: data.done });
      } else if (data.type === "end") {
        const { type: _, ...outcome } = data;
        resolve({ ...found, state: "done", rows, done: found.lines.length, outcome });
      } else {
        reject(new Error(data.message));
      }
    };
  });
}

async function readLiveSku(sku: string, signal: AbortSignal): Promise<LiveSku> {
  const params = { path: { sku }, query: { limit: 1 } };
  return liveSkuOf(
    await documentOf(audit.GET("/skus/{sku}/verification", { params, parseAs: "text", signal })),
  );
}

async function readKeys(signal: AbortSignal): Promise<string> {
  return documentOf(audit.GET("/ledger-keys", { parseAs: "text", signal }));
}

async function readRecords(
  sku: string,
  signal: AbortSignal,
  onLines: (some: readonly string[], all: readonly string[]) => void,
): Promise<string[]> {
  const read = recordList({ subject: "sku", id: sku, order: "asc" });
  const lines: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const part = await read({ accept: JSON_LINES, limit: PAGE, cursor, signal });
    const some = linesOf(part);
    lines.push(...some);
    onLines(some, lines);
    if (part.cursor === null) {
      return lines;
    }
    cursor = part.cursor;
  }
}

/** Whether the service knows neither a SKU nor a record with this id. */
export function isUnknownSku(error: unknown): boolean {
  return isProblem(error, "sku_not_found", "invalid_input");
}
