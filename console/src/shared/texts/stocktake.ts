import { formatChange, formatQuantity } from "../format/numbers";

const skus = (count: number) => `${formatQuantity(count)} ${count === 1 ? "SKU" : "SKUs"}`;

export const stocktake = {
  title: "Stocktake",
  lead: (counted: number, differ: number) =>
    counted === 0 ? "Nothing counted yet" : `${skus(counted)} counted, ${formatQuantity(differ)} differ`,
  reading: (count: number) =>
    `Reading the inventory: ${skus(count)} so far. Codes of the rest are not known yet.`,
  notKept: {
    title: "This count is in this page alone",
    detail: (reason: string) =>
      `The browser could not keep it, so it is gone when the page is closed: ${reason}`,
  },
  mode: "How to count",
  modes: { type: "Type the count", tally: "Each scan adds 1" },
  code: "Barcode, SKU, own id or name",
  codeHint: "Scan it, or type it and press Enter.",
  find: "Find",
  unknown: (code: string) => `No SKU has “${code}”.`,
  several: (shown: number, all: number) =>
    shown < all
      ? `${formatQuantity(all)} SKUs match; the first ${formatQuantity(shown)}:`
      : `${skus(all)} match:`,
  counted: "Units counted",
  countedHint: "12 sets the count; +3 adds to it.",
  before: (units: number) => `Counted before: ${formatQuantity(units)}`,
  next: "Next",
  problem: "Write a whole number from 0, or +3 to add three.",
  tallied: (name: string, units: number) => `${name}: ${formatQuantity(units)}`,
  again: "Another SKU",
  list: {
    title: "Counted",
    product: "Product",
    counted: "Counted",
    actions: "Actions",
    change: (name: string) => `Count ${name} again`,
    remove: (name: string) => `Forget the count of ${name}`,
  },
  review: "See the differences",
  goOn: "Go on counting",
  differences: {
    title: "Differences",
    lead: (differ: number, more: number, fewer: number) =>
      `${skus(differ)} to book: ${formatChange(more)} and ${formatChange(-fewer)} units`,
    nothing: "Everything that was counted is as the system has it.",
    counted: "Counted",
    system: "In the system",
    difference: "Difference",
    equal: (count: number) => `${skus(count)} counted as the system has them.`,
    moved: {
      title: (count: number) => `The stock of ${skus(count)} has changed since it was counted`,
      detail:
        "Units came or went meanwhile. Count again, or keep the difference that you found: it is applied to the stock of now.",
      now: "Now",
      again: "Count again",
      keep: "Keep the difference",
      keepAll: "Keep the difference of all",
    },
    unknown: {
      title: (count: number) => `${skus(count)} may have been booked already`,
      detail: "No answer came. Booking sends the same command again, which books it once.",
    },
    reason: "Reason",
    reasonDefault: (day: string) => `Stocktake ${day}`,
    reasonProblem: "Say why, in at most 300 bytes.",
    book: (count: number) => `Book ${skus(count)}`,
    finish: "Finish the count",
    booking: (done: number, total: number) => `${formatQuantity(done)} of ${formatQuantity(total)} booked`,
    booked: (count: number) => `${skus(count)} booked.`,
    failed: (count: number) => `${skus(count)} could not be booked`,
    holders: "See which orders hold them",
    undoNotes: (transaction: string) => `Undo of ${transaction}`,
    discard: "Discard the count",
    discardQuestion: (count: number) => `Forget the counts of ${skus(count)}? Nothing of them is booked.`,
  },
  empty: {
    title: "Count the shelves",
    detail:
      "Scan or type a code, type how many units are there, and go on with the next. Nothing is booked before you have seen the differences.",
  },
  sheet: {
    button: "Count sheet",
    title: "Count sheet",
    lead: (count: number, day: string) => `${skus(count)}, ${day}`,
    notCounted: "Only what is not counted yet",
    counted: "Counted",
    back: "Back to the count",
    empty: "There is nothing to count.",
  },
} as const;
