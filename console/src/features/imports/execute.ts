import {
  catalog,
  documentOf,
  newIdempotencyKey,
  stock,
  type TransactionRecord,
} from "../../shared/api/clients";
import { isProblem, ProblemError, problemOf, readable } from "../../shared/api/problems";
import { repeatableTransport } from "../../shared/api/transport";
import type { Command, PlannedUnit } from "./protocol";

/** How many products or SKUs are sent at a time. */
const AT_ONCE = 4;

/** How a unit was executed, and what takes it back. */
export type Executed =
  | { readonly number: number; readonly state: "done"; readonly undo: Undo | null }
  /** Refused by the service, which has done nothing of it. */
  | { readonly number: number; readonly state: "refused"; readonly reason: string };

/** What takes an executed unit back. */
export type Undo =
  | {
      readonly do: "patch_product";
      readonly product_id: string;
      readonly version: number;
      readonly body: string;
    }
  | {
      readonly do: "patch_sku";
      readonly product_id: string;
      readonly sku: string;
      readonly version: number;
      readonly body: string;
    }
  | {
      readonly do: "adjust_stock";
      readonly product_id: string;
      readonly sku: string;
      readonly quantity_change: number;
      readonly reference: string;
      readonly transaction_id: string;
      readonly sequence: number;
    };

/** What takes a product or SKU out of sale. */
export const DEACTIVATE = JSON.stringify({ is_active: false });

/** Execute units. A refusal is the result of its unit; what would meet every unit, such as a lost network,
 * ends it: what has no result was not sent, or may be sent again under the same key.
 * @param onResults called after each request.
 * @throws what ended it.
 */
export async function execute(
  units: readonly PlannedUnit[],
  onResults: (results: readonly Executed[]) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const waiting = batchesOf(units);
  let failure: unknown = null;
  const work = async () => {
    for (
      let batch = waiting.shift();
      batch !== undefined && failure === null && !signal.aborted;
      batch = waiting.shift()
    ) {
      try {
        await onResults(await sent(batch));
      } catch (error) {
        failure ??= error;
      }
    }
  };
  // Stock is sent batch by batch: two changes of one SKU keep their order.
  const width = units[0]?.command.do === "change_stock" ? 1 : AT_ONCE;
  await Promise.all(Array.from({ length: width }, work));
  if (failure !== null) {
    throw failure;
  }
}

/** Units that are sent by one request, as the plan says. */
export function batchesOf(units: readonly PlannedUnit[]): PlannedUnit[][] {
  const batches = new Map<number, PlannedUnit[]>();
  for (const unit of units) {
    const together = batches.get(unit.batch) ?? [];
    together.push(unit);
    batches.set(unit.batch, together);
  }
  return [...batches.values()];
}

async function sent(batch: readonly PlannedUnit[]): Promise<Executed[]> {
  if (batch[0]?.command.do === "change_stock") {
    return await sentStock(batch);
  }
  return await Promise.all(batch.map(async ({ number, command }) => await resultOf(number, command)));
}

async function resultOf(number: number, command: Command): Promise<Executed> {
  try {
    return { number, state: "done", undo: await one(command) };
  } catch (error) {
    return refusal(number, error);
  }
}

/** The result of a refused unit.
 * @throws the error itself if it would meet every unit.
 */
function refusal(number: number, error: unknown): Executed {
  if (
    !(error instanceof ProblemError) ||
    error.status === 401 ||
    error.status === 429 ||
    error.status >= 500
  ) {
    throw error;
  }
  const { code, detail, title } = readable(error);
  return { number, state: "refused", reason: `${code}: ${detail || title}` };
}

async function one(command: Command): Promise<Undo | null> {
  switch (command.do) {
    case "create_product": {
      const product = await documentOf(
        catalog.POST("/products", {
          params: { header: { "Idempotency-Key": command.key } },
          ...textBody(command.body),
        }),
      );
      const { product_id, version } = product;
      if (command.deactivates) {
        return await deactivated({ do: "patch_product", product_id, version, body: DEACTIVATE }, command.key);
      }
      return { do: "patch_product", product_id, version, body: DEACTIVATE };
    }
    case "create_sku": {
      const { product_id, sku } = command;
      const created = await documentOf(
        stock.POST("/products/{product_id}/skus", {
          params: { path: { product_id }, header: { "Idempotency-Key": command.key } },
          ...textBody(command.body),
        }),
      );
      const undo: Undo = {
        do: "patch_sku",
        product_id,
        sku,
        version: created.details_version,
        body: DEACTIVATE,
      };
      return command.deactivates ? await deactivated(undo, command.key) : undo;
    }
    case "change_product": {
      const { product_id, version, body } = command;
      const after = await patched({ do: "patch_product", product_id, version, body }, command.key);
      return { do: "patch_product", product_id, version: after, body: command.before };
    }
    case "change_sku": {
      const { product_id, sku, version, body } = command;
      const after = await patched({ do: "patch_sku", product_id, sku, version, body }, command.key);
      return { do: "patch_sku", product_id, sku, version: after, body: command.before };
    }
    case "change_stock":
      throw new Error("Stock is sent in batches.");
  }
}

type Patch = Extract<Undo, { do: "patch_product" | "patch_sku" }>;

/** What the file has as inactive is created first. There is nothing to take back: it is inactive. */
async function deactivated(patch: Patch, key: string): Promise<null> {
  await patched(patch, `${key}-inactive`);
  return null;
}

/** Change the version that is named; return the version after it. */
async function patched(patch: Patch, key: string): Promise<number> {
  const header = { "If-Match": `"${patch.version}"`, "Idempotency-Key": key };
  if (patch.do === "patch_product") {
    const product = await documentOf(
      catalog.PATCH("/products/{product_id}", {
        params: { path: { product_id: patch.product_id }, header },
        ...textBody(patch.body),
      }),
    );
    return product.version;
  }
  const { product_id, sku } = patch;
  const changed = await documentOf(
    stock.PATCH("/products/{product_id}/skus/{sku}", {
      params: { path: { product_id, sku }, header },
      ...textBody(patch.body),
    }),
  );
  return changed.details_version;
}

async function sentStock(batch: readonly PlannedUnit[]): Promise<Executed[]> {
  const changes = batch.map(({ command }) => (command.do === "change_stock" ? command.body : ""));
  const { results } = await documentOf(
    stock.POST("/stock/batch", {
      ...textBody(`{"changes":[${changes.join(",")}]}`),
      fetch: repeatableTransport,
    }),
  );
  return batch.map(({ number, command }, index) => {
    const result = results[index];
    if (result !== undefined && "transaction" in result && command.do === "change_stock") {
      return { number, state: "done", undo: stockUndo(command, result.transaction) };
    }
    const problem = result !== undefined && "problem" in result ? result.problem : undefined;
    const status = result?.status_code ?? 500;
    return refusal(number, new ProblemError(problemOf(problem, new Response(null, { status }))));
  });
}

function stockUndo(
  { product_id, sku, reference }: Extract<Command, { do: "change_stock" }>,
  { quantity_change, transaction_id, sequence }: TransactionRecord,
): Undo | null {
  return quantity_change === 0
    ? null
    : { do: "adjust_stock", product_id, sku, quantity_change, reference, transaction_id, sequence };
}

/** A JSON text is sent as it is, so that no number of it changes. */
// biome-ignore lint/suspicious/noExplicitAny: the generated types are those of the document, not of its text.
function textBody(text: string): { body: any; bodySerializer: (body: any) => string; headers: HeadersInit } {
  return { body: text, bodySerializer: String, headers: { "Content-Type": "application/json" } };
}

/** Take one unit back, unless somebody has changed the same since.
 * @returns null, or why it stays.
 */
export async function undone(
  undo: Undo,
  correctedSince: (undo: Extract<Undo, { do: "adjust_stock" }>) => Promise<string | null>,
): Promise<string | null> {
  try {
    if (undo.do !== "adjust_stock") {
      await patched(undo, newIdempotencyKey());
      return null;
    }
    const since = await correctedSince(undo);
    if (since !== null) {
      return since;
    }
    const { product_id, sku, quantity_change, reference, transaction_id } = undo;
    await documentOf(
      stock.POST("/products/{product_id}/skus/{sku}/adjustments", {
        params: { path: { product_id, sku }, header: { "Idempotency-Key": `undo-${transaction_id}` } },
        body: { quantity_change: -quantity_change, notes: `[undo ${reference}]` },
      }),
    );
    return null;
  } catch (error) {
    if (isProblem(error, "precondition_failed")) {
      return "changed";
    }
    const refused = refusal(0, error);
    return refused.state === "refused" ? refused.reason : null;
  }
}
