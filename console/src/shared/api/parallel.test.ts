import { expect, it } from "vitest";
import { inParallel } from "./parallel";

it("runs a task for each item, never more at once than asked for", async () => {
  let running = 0;
  let most = 0;
  const done: number[] = [];
  await inParallel([1, 2, 3, 4, 5, 6], 4, async (item) => {
    running += 1;
    most = Math.max(most, running);
    await Promise.resolve();
    running -= 1;
    done.push(item);
  });
  expect(done).toEqual([1, 2, 3, 4, 5, 6]);
  expect(most).toBe(4);
  await inParallel([], 4, () => Promise.reject(new Error("There is nothing to run.")));
});
