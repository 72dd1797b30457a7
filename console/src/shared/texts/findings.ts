interface KindWords {
  readonly title: string;
  readonly meaning: string;
  readonly todo: string;
}

export const findings = {
  title: "Findings",
  lead: "Changes of stock and log that the services did not make. Each is reported once and kept.",
  shown: (count: string, more: boolean) =>
    more ? `The newest ${count} findings` : count === "1" ? "1 finding" : `${count} findings`,
  refreshed: (clock: string) => `read at ${clock}, again every 10 seconds`,
  notRefreshed: "not read again while so many are shown",
  more: "Load more",
  showDifferences: (count: string) => `Show all ${count} differences`,
  json: "JSON",
  record: "Record",
  order: (order: string) => `Log of ${order}`,
  product: "Log of the product",
  todo: "What to do:",
  empty: {
    title: "No findings",
    detail:
      "Nothing has changed stock, orders or log behind the services, as far as their checks have looked: those of every change, within seconds, and those of all SKUs, once a day. To see for yourself that a log is whole, verify it in this browser.",
    action: "Verify a SKU",
  },
  notKept: {
    title: "Findings are not kept here",
    detail:
      "This installation has no archive, so that a finding is only a log line, a metric and an alert. The log can be verified all the same.",
  },
  /** By `kind`; one that is not here is shown as it is. */
  kinds: {
    stock_without_record: {
      title: "Stock changed without a record",
      meaning: "A SKU's stock was changed, and its log has no record that leads to the new figures.",
      todo: "Find out who did it, count the goods, and correct the stock by an adjustment whose notes name this finding.",
    },
    sku_removed: {
      title: "SKU removed",
      meaning: "A SKU was deleted. The services never delete one.",
      todo: "Find out who did it. The differences have what it held.",
    },
    record_removed: {
      title: "Record removed",
      meaning: "A record was deleted from the log. The services never delete one.",
      todo: "Find out who did it. The archive has the record.",
    },
    record_modified: {
      title: "Record changed",
      meaning: "A record of the log was changed after it was written. The services never change one.",
      todo: "Find out who did it. The archive has the record as it was.",
    },
    record_without_stock: {
      title: "Record that does not belong",
      meaning:
        "A record was added that breaks the rules of the log, has no genuine signature, or continues nothing.",
      todo: "Find out who did it. Verify the SKU to see its true chain.",
    },
    archive_conflict: {
      title: "Conflict in the archive",
      meaning:
        "Something was written that no service writes, or another object is stored where these records are archived. They are archived beside it.",
      todo: "Find out who did it.",
    },
    archive_fault: {
      title: "Archive, digests and tables disagree",
      meaning: "A record is missing in one of them or differs, or a day has no genuine digest.",
      todo: "Find out who did it. If a day has no digest, find out why it was not written.",
    },
    tables_restored: {
      title: "Tables restored to an earlier moment",
      meaning:
        "The tables are those of an earlier moment. What was logged later is only in the archive, whose records go on in a new epoch.",
      todo: "Nothing, if somebody has restored them. Otherwise find out who said so.",
    },
    owner_changed: {
      title: "SKU has another vendor",
      meaning: "A SKU's vendor is not the one of its earlier records or of its product.",
      todo: "Find out who did it, and set the vendor back by hand: an adjustment does not repair it.",
    },
    sku_without_product: {
      title: "SKU without a product",
      meaning: "A SKU belongs to a product that does not exist.",
      todo: "Find out who wrote it. Deactivate the SKU, or restore the product.",
    },
    order_damaged: {
      title: "Order written by somebody else",
      meaning:
        "An order, or a part of one, has no genuine seal. The stock service refuses every command on it.",
      todo: "Find out who did it, and restore the order from a backup.",
    },
    order_differs: {
      title: "Order differs from the log",
      meaning:
        "An order's line is not the sum of its records: an older version was put back, or something was removed.",
      todo: "Find out who did it. The records of the order say what is right.",
    },
    order_not_due: {
      title: "Hold would not end",
      meaning:
        "An order is not listed among those that are due at the time at which its hold ends, or is listed without holding units.",
      todo: "Set the expected values by hand. The hold then ends by itself.",
    },
    low_stock_bound: {
      title: "SKU hidden from the low-stock list",
      meaning: "A vendor's bound of the low-stock list is below the threshold of one of its SKUs.",
      todo: "Nothing: the stock service corrects it within a day.",
    },
    malformed_item: {
      title: "Stored item that no service writes",
      meaning: "A stored item has attributes that no service could have written.",
      todo: "Find out who wrote it, and repair the item with its log records or a backup.",
    },
    reconciliation: {
      title: "Stock, log and orders do not agree",
      meaning:
        "The daily comparison found a difference twice in a row: between stock and log, between reserved units and open orders, or at a barcode.",
      todo: "Find out who did it. Correct stock by an adjustment whose notes name this finding; set a barcode anew.",
    },
  } as Readonly<Record<string, KindWords>>,
} as const;
