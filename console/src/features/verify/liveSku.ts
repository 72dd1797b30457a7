import { type ExactValue, exactText, isObject, parseExact } from "../../shared/log/exactJson";
import type { ShownDifference } from "./verifyLog";

/** What the service's own verification says of the SKU as it is stored now. */
export interface LiveSku {
  /** Its hash, with which its log has to end; null if the SKU is not stored. */
  readonly head: string | null;
  /** Where it differs from the last record. */
  readonly live: readonly ShownDifference[];
}

/** Read an answer of the verification; what it says of records is left out, which this page checks itself. */
export function liveSkuOf(text: string): LiveSku {
  const answer = parseExact(text);
  const member = (name: string): ExactValue => (isObject(answer) ? (answer.get(name) ?? null) : null);
  const [head, findings] = [member("head_hash"), member("findings")];
  const live = (Array.isArray(findings) ? findings : []).flatMap((finding: ExactValue) => {
    const kind = isObject(finding) ? finding.get("kind") : undefined;
    if (!isObject(finding) || typeof kind !== "string" || !kind.startsWith("sku.")) return [];
    const [expected, found] = ["expected", "found"].map((name) => exactText(finding.get(name) ?? null));
    return [{ kind, expected: expected ?? "", found: found ?? "" }];
  });
  return { head: typeof head === "string" ? head : null, live };
}
