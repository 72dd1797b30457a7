import type { VerifiedRow } from "./verifyLog";

/** What the page sends to the worker: the records as they arrive, then the order to verify them. */
export type Order =
  | { readonly type: "records"; readonly lines: readonly string[] }
  | {
      readonly type: "verify";
      readonly sku: string;
      /** The JSON Web Key Set, as text. */
      readonly keys: string;
      /** The live SKU's hash; null if the SKU is not stored. */
      readonly head: string | null;
    };

/** What the worker answers. */
export type Report =
  | { readonly type: "rows"; readonly rows: readonly VerifiedRow[]; readonly done: number }
  | ({ readonly type: "end" } & Outcome)
  | { readonly type: "failed"; readonly message: string };

export interface Outcome {
  readonly signatures: Signatures;
  /** Whether one of the records has the live SKU's hash; or there are none, and the SKU is new. */
  readonly hasHead: boolean;
  /** The hash of the last record; null for an empty log. */
  readonly lastHash: string | null;
}

/** Whether signatures were checked: by which keys, or why not. */
export type Signatures =
  | { readonly checked: true; readonly keys: readonly string[] }
  | { readonly checked: false; readonly reason: "unsupported" }
  | { readonly checked: false; readonly reason: "keys"; readonly message: string };
