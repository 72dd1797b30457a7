import { knowsEd25519, type LedgerKeys, ledgerKeysOf, UnusableKeys } from "./ledgerKeys";
import type { Order, Report, Signatures } from "./messages";
import { FIRST_PREVIOUS_HASH } from "./rules";
import { verifyLog } from "./verifyLog";

/** Verifies a log beside the page, which stays as quick as it is. */

const lines: string[] = [];

addEventListener("message", ({ data }: MessageEvent<Order>) => {
  if (data.type === "records") {
    lines.push(...data.lines);
  } else {
    verify(data).catch((error: unknown) => report({ type: "failed", message: String(error) }));
  }
});

async function verify({ sku, keys: served, head }: Extract<Order, { type: "verify" }>): Promise<void> {
  const { keys, signatures } = await readKeys(served);
  const hashes = await verifyLog(sku, lines, keys, (rows, done) => report({ type: "rows", rows, done }));
  const isNew = hashes.last === null && head === FIRST_PREVIOUS_HASH;
  const hasHead = isNew || (head !== null && hashes.all.has(head));
  report({ type: "end", signatures, hasHead, lastHash: hashes.last });
}

async function readKeys(served: string): Promise<{ keys: LedgerKeys | null; signatures: Signatures }> {
  if (!(await knowsEd25519())) {
    return { keys: null, signatures: { checked: false, reason: "unsupported" } };
  }
  try {
    const keys = await ledgerKeysOf(served);
    return { keys, signatures: { checked: true, keys: [...keys.keys()] } };
  } catch (error) {
    if (error instanceof UnusableKeys) {
      return { keys: null, signatures: { checked: false, reason: "keys", message: error.message } };
    }
    throw error;
  }
}

function report(message: Report): void {
  postMessage(message);
}
