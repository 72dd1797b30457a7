import { readable } from "../../shared/api/problems";
import type { AttributeChange } from "../../shared/inventory/commands";
import type { InventoryRow, ListedSku } from "../../shared/inventory/rows";
import type { Failure, Outcome } from "../../shared/inventory/stockTasks";

/** How many attributes of SKUs are changed at a time. */
export const PATCHES_AT_ONCE = 4;

export interface AttributeTask {
  readonly row: InventoryRow;
  readonly change: AttributeChange;
  readonly detailsVersion: number;
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
