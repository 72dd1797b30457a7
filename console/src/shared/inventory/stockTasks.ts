import type { TransactionRecord } from "../api/clients";
import { ProblemError, type ReadableError, readable } from "../api/problems";
import { BATCH_MAX, type BatchResult, oppositeOf, type SkuName, type StockChange } from "./commands";

/** A change of one SKU among many. */
export interface StockTask<Row extends SkuName> {
  readonly row: Row;
  readonly change: StockChange;
  /** The same at every try, so that it is executed once. */
  readonly key: string;
}

export interface Failure<Task> {
  readonly task: Task;
  readonly error: ReadableError;
}

export interface Outcome<Task, Result> {
  readonly done: readonly { readonly task: Task; readonly result: Result }[];
  readonly failed: readonly Failure<Task>[];
}

/** Send changes of the stock in batches. What was not sent after a stop is in neither list. */
export async function runStockTasks<Row extends SkuName>(
  tasks: readonly StockTask<Row>[],
  send: (changes: { name: SkuName; change: StockChange; key: string }[]) => Promise<BatchResult[]>,
  onProgress: (finished: number) => void,
  signal: AbortSignal,
): Promise<Outcome<StockTask<Row>, TransactionRecord>> {
  const done: { task: StockTask<Row>; result: TransactionRecord }[] = [];
  const failed: Failure<StockTask<Row>>[] = [];
  for (let start = 0; start < tasks.length && !signal.aborted; start += BATCH_MAX) {
    const batch = tasks.slice(start, start + BATCH_MAX);
    try {
      const results = await send(batch.map(({ row, change, key }) => ({ name: row, change, key })));
      batch.forEach((task, index) => {
        const result = results[index];
        if (result !== undefined && "transaction" in result) {
          done.push({ task, result: result.transaction });
        } else {
          const error = result === undefined ? new Error() : new ProblemError(result.problem);
          failed.push({ task, error: readable(error) });
        }
      });
    } catch (error) {
      failed.push(...batch.map((task) => ({ task, error: readable(error) })));
    }
    onProgress(done.length + failed.length);
  }
  return { done, failed };
}

/** The changes that take back what was done. */
export function stockUndo<Row extends SkuName>(
  done: readonly { task: StockTask<Row>; result: TransactionRecord }[],
  notes: (record: TransactionRecord) => string,
  newKey: () => string,
): StockTask<Row>[] {
  return done.flatMap(({ task, result }) => {
    const change = oppositeOf(result, notes(result));
    return change === null ? [] : [{ row: task.row, change, key: newKey() }];
  });
}
