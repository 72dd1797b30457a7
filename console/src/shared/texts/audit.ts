/** What the auditor's pages share. */
export const audit = {
  exports: {
    csv: "CSV",
    jsonLines: "JSON Lines",
    hint: "The whole list, exactly as the service serves it.",
    running: (megabytes: string) => `${megabytes} MB read …`,
  },
  links: {
    log: "Log",
    verify: "Verify",
    stockAt: "Stock at a time",
    stockAtThat: "Stock at this time",
  },
  skuForm: {
    label: "SKU",
    placeholder: "SKU-PROD-E4F9A-BLK-L",
  },
  skuNotFound: {
    title: "SKU not found",
    detail:
      "There is neither a SKU nor a log record with this id. An id begins with SKU- and has the product's id in it, such as SKU-PROD-E4F9A-BLK-L. The log of its vendor or product lists it.",
  },
  findSku: "Find it in the log",
  differences: {
    what: "What",
    expected: "Expected",
    found: "Found",
  },
  json: {
    label: "Exact JSON",
    hint: "As the service served it",
    copy: "Copy",
    copied: "Copied",
  },
  record: {
    title: "Log record",
    place: (sequence: string, sku: string) => `Record ${sequence} of ${sku}`,
    ofOrder: (order: string) => `Log of ${order}`,
    link: "Link to this record",
  },
} as const;
