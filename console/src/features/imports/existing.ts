import { audit, catalog, documentOf, stock, type TransactionRecord } from "../../shared/api/clients";
import { inParallel } from "../../shared/api/parallel";
import type { Kind } from "./protocol";
import type { PythonWorker } from "./python";

const PAGE = 1_000;
const LOGS_AT_ONCE = 4;
type RecordField = keyof TransactionRecord;

/** What has to be read of the log, as `inventory_imports.page` says it. */
interface LogsToRead {
  /** The SKUs with a log, with the numbers of their records. */
  readonly skus: Readonly<Record<string, number>>;
  /** The records of all SKUs of the vendor. */
  readonly records: number;
  readonly fields: readonly RecordField[];
}

/** Read what the services have of a vendor, for the comparison, as the texts that they sent. */
export async function readExisting(
  python: PythonWorker,
  kind: Kind,
  vendorId: string,
  onProgress: (items: number) => void,
): Promise<void> {
  let items = 0;
  const took = (page: TextPage) => {
    items += page.items;
    onProgress(items);
  };
  for await (const page of products(vendorId)) {
    await python.call("addProducts", page.text);
    took(page);
  }
  if (kind === "products") {
    return;
  }
  for await (const page of inventory(vendorId)) {
    await python.call("addSkus", page.text);
    took(page);
  }
  if (kind === "skus") {
    return;
  }
  const { skus, records, fields } = await python.ask<LogsToRead>("logs");
  const requests = Object.values(skus).reduce((sum, each) => sum + pagesFor(each), 0);
  if (requests <= pagesFor(records)) {
    await inParallel(Object.keys(skus), LOGS_AT_ONCE, async (sku) => {
      for await (const page of logOfSku(sku, fields)) {
        await python.call("addRecords", page.text);
        took(page);
      }
    });
  } else {
    // The vendor's whole log takes fewer requests than that of each SKU.
    for await (const page of logOfVendor(vendorId, fields)) {
      await python.call("addRecords", page.text);
      took(page);
    }
  }
}

const pagesFor = (items: number) => Math.ceil(items / PAGE);

interface TextPage {
  readonly text: string;
  readonly items: number;
}

async function* pagesOf(read: (cursor: string | undefined) => Promise<string>): AsyncGenerator<TextPage> {
  let cursor: string | undefined;
  do {
    const text = await read(cursor);
    const page = JSON.parse(text) as { items: unknown[]; next_cursor: string | null };
    yield { text, items: page.items.length };
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
}

const products = (vendor_id: string) =>
  pagesOf(async (cursor) =>
    documentOf(
      catalog.GET("/vendors/{vendor_id}/products", {
        params: { path: { vendor_id }, query: { limit: PAGE, order: "asc", cursor } },
        parseAs: "text",
      }),
    ),
  );

const inventory = (vendor_id: string) =>
  pagesOf(async (cursor) =>
    documentOf(
      stock.GET("/vendors/{vendor_id}/inventory", {
        params: { path: { vendor_id }, query: { limit: PAGE, cursor } },
        parseAs: "text",
      }),
    ),
  );

const logOfSku = (sku: string, fields: readonly RecordField[]) =>
  pagesOf(async (cursor) =>
    documentOf(
      audit.GET("/skus/{sku}/transactions", {
        params: { path: { sku }, query: { limit: PAGE, cursor, fields: [...fields] } },
        parseAs: "text",
      }),
    ),
  );

const logOfVendor = (vendor_id: string, fields: readonly RecordField[]) =>
  pagesOf(async (cursor) =>
    documentOf(
      audit.GET("/vendors/{vendor_id}/transactions", {
        params: { path: { vendor_id }, query: { limit: PAGE, cursor, fields: [...fields] } },
        parseAs: "text",
      }),
    ),
  );
