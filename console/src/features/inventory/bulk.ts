import type { TransactionRecord } from "../../shared/api/clients";
import { ProblemError, type ReadableError, readable } from "../../shared/api/problems";
import {
  type AttributeChange,
  BATCH_MAX,
  type BatchResult,
  oppositeOf,
  type SkuName,
  type StockChange,
} from "../../shared/inventory/commands";
import type { InventoryRow, ListedSku } from "../../shared/inventory/rows";

/** How many attributes of SKUs are changed at a time. */
export const PATCHES_AT_ONCE = 4;

/** A change of one SKU among many. */
export interface StockTask {
  readonly row: InventoryRow;
  readonly change: StockChange;
  /** The same at every try, so that it is executed once. */
  readonly key: string;
}

export interface AttributeTask {
  readonly row: InventoryRow;
  readonly change: AttributeChange;
  readonly detailsVersion: number;
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
export async function runStockTasks(
  tasks: readonly StockTask[],
  send: (changes: { name: SkuName; change: StockChange; key: string }[]) => Promise<BatchResult[]>,
  onProgress: (finished: number) => void,
  signal: AbortSignal,
): Promise<Outcome<StockTask, TransactionRecord>> {
  const done: { task: StockTask; result: TransactionRecord }[] = [];
  const failed: Failure<StockTask>[] = [];
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

/** Change attributes of SKUs, a few at a time. */
export async function runAttributeTasks<Result>(
  tasks: readonly AttributeTask[],
  send: (task: AttributeTask) => Promise<Result>,
  onProgress: (finished: number) => void,
  signal: AbortSignal,
): Promise<Outcome<AttributeTask, Result>> {
  const done: { task: AttributeTask; result: Result }[] = [];
  const failed: Failure<AttributeTask>[] = [];
  const queue = [...tasks];
  const work = async () => {
    for (let task = queue.shift(); task !== undefined && !signal.aborted; task = queue.shift()) {
      try {
        done.push({ task, result: await send(task) });
      } catch (error) {
        failed.push({ task, error: readable(error) });
      }
      onProgress(done.length + failed.length);
    }
  };
  await Promise.all(Array.from({ length: PATCHES_AT_ONCE }, work));
  return { done, failed };
}

/** The changes that take back what was done. */
export function stockUndo(
  done: readonly { task: StockTask; result: TransactionRecord }[],
  notes: (record: TransactionRecord) => string,
  newKey: () => string,
): StockTask[] {
  return done.flatMap(({ task, result }) => {
    const change = oppositeOf(result, notes(result));
    return change === null ? [] : [{ row: task.row, change, key: newKey() }];
  });
}

/** The attributes as they were, for the version that the change returned. */
export function attributeUndo(
  done: readonly { task: AttributeTask; result: { details_version: number } }[],
): AttributeTask[] {
  return done.map(({ task, result }) => ({
    row: task.row,
    change: previousOf(task.row, task.change),
    detailsVersion: result.details_version,
  }));
}

/** The values that a change replaces. */
export function previousOf(row: ListedSku, change: AttributeChange): AttributeChange {
  return {
    ...(change.unit_price === undefined ? {} : { unit_price: row.unit_price }),
    ...(change.reorder_threshold === undefined ? {} : { reorder_threshold: row.reorder_threshold }),
    ...(change.is_active === undefined ? {} : { is_active: row.is_active }),
  };
}

/** A price raised or lowered by a percentage, rounded half up to the cent; never below 0. */
export function priceByPercent(price: number, percent: number): number {
  const cents = Math.round(price * 100);
  return Math.max(0, Math.floor((cents * (100 + percent)) / 100 + 0.5 + 1e-9) / 100);
}
