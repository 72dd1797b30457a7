export const verify = {
  title: "Verify",
  titleOf: (sku: string) => `Verify ${sku}`,
  lead: "Whether a SKU's log is untouched: hashes, chain and signatures, recomputed in this browser from the records and the public keys that the service serves.",
  submit: "Verify",
  again: "Verify again",
  start: {
    title: "Choose a SKU",
    detail:
      "Type its id; the log of its vendor or product lists it. This page then reads all of its records, and recomputes each hash and each signature. The service is not asked whether they are right.",
  },
  reading: (count: string) => `${count} records read …`,
  checking: (done: string, total: string) => `${done} of ${total} records checked`,
  progress: "Verification",
  whole: {
    title: (count: string) => (count === "1" ? "1 record is whole" : `All ${count} records are whole`),
    signed: (keys: string) =>
      `Each hash is that of its record and continues the one before, each rule of stock and orders holds, and each record is signed by ${keys === "1" ? "the ledger key" : `one of ${keys} ledger keys`}: nobody without that key has changed one, added one or taken one out between them.`,
    unsigned:
      "Each hash is that of its record and continues the one before, and each rule of stock and orders holds.",
  },
  broken: {
    title: (broken: string, count: string) =>
      `${broken === "1" ? "1 fault" : `${broken} faults`} among ${count} records`,
    detail: (place: string) =>
      `The first: ${place}. What follows a broken record may be red only because it continues that one.`,
  },
  noRecords: {
    title: "The log is empty",
    detail: "Nothing was ever recorded for this SKU.",
  },
  head: {
    continued: "The live SKU's hash is in the log: its end is not missing.",
    wrong: (hash: string) =>
      `No record has the live SKU's hash ${hash}: the end of the log is missing, or the SKU was changed.`,
    noSku: "There are records, but the SKU is not stored any more.",
  },
  live: {
    title: "The live SKU is not what its last record says",
    detail: "The log and the stored SKU disagree; this comparison is the service's own.",
  },
  unsupported: {
    title: "Signatures were not checked",
    detail:
      "This browser's Web Crypto does not know Ed25519 (Chrome and Edge do from 137, Firefox from 129, Safari from 17). Only hashes, chain and rules were checked: a log that somebody has written anew would pass.",
  },
  keys: (names: string, file: string | null) =>
    file === null
      ? `Ledger keys of the service: ${names}. Compare them with a copy that is kept elsewhere, or verify with that copy.`
      : `Ledger keys of the file ${file}: ${names}.`,
  ownKeys: "Other keys …",
  ownKeysHint:
    "Verify with a copy of the ledger keys that was kept elsewhere, as GET /ledger-keys returns them.",
  noKeys: "Signatures were not checked: the ledger keys cannot be used",
  headHash: "Hash of the last record",
  records: "Records",
  filter: "Which records",
  all: (count: string) => `All ${count}`,
  faults: (count: string) => `Faults ${count}`,
  noFaults: "No record is red.",
  ok: "whole",
  fault: "fault",
  record: (sequence: string) => `Record ${sequence}`,
  line: (line: string) => `Line ${line} of those served`,
  missing: (first: string, last: string) =>
    first === last ? `Record ${first} is missing` : `Records ${first} to ${last} are missing`,
  missingDetail:
    "The numbers of a log have no gap. The record after it cannot be compared with the one before.",
  /** By the kind of a difference: what it means; others speak for themselves. */
  meanings: {
    hash: "What it says is not what was hashed when it was written.",
    previous_hash: "It does not continue the record before it.",
    signature: "The ledger key did not sign this hash.",
    key_id: "It names a key that is not published, or that was retired before.",
    transaction_id: "Its id is not that of this place in the log.",
    timestamp: "Its time is none, or not later than that of the record before.",
    order_step: "It does not continue its order.",
    order_previous: "It does not name the order's record before it.",
    unexpected_record: "Its number occurs twice, or is none.",
    unreadable_record: "It is no JSON object of one meaning that names a SKU.",
    attributes: "Members are missing, or are none of a record's.",
    form: "It is of a form that this page does not know, and was not checked any further.",
  } as Readonly<Record<string, string>>,
  saveKeys: "Keys",
  saveHint: "What was verified here, for python -m inventory_common.verify or a program of your own.",
  workerFailed: "The verification stopped",
} as const;
