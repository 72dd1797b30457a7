import { parseMoney, parseQuantity } from "../../shared/format/numbers";
import { isCode, type PlannedVariant } from "./variants";

/** What is typed for a variant that is to be created; absent members are as planned. */
export interface Typed {
  readonly isLeftOut?: boolean;
  readonly name?: string;
  readonly code?: string;
  readonly price?: string;
  readonly threshold?: string;
}

export interface Draft {
  readonly attributes: Readonly<Record<string, string>> | null;
  readonly isLeftOut: boolean;
  readonly name: string;
  readonly code: string;
  readonly price: string;
  readonly threshold: string;
}

export type DraftError = "name" | "code" | "price" | "threshold";
const NAME_MAX = 200;

export function draftOf(
  planned: Pick<PlannedVariant, "name" | "code"> & { readonly attributes: Draft["attributes"] },
  typed: Typed,
  forAll: { readonly price: string; readonly threshold: string },
): Draft {
  return {
    attributes: planned.attributes,
    isLeftOut: typed.isLeftOut ?? false,
    name: typed.name ?? planned.name,
    code: typed.code ?? planned.code,
    price: typed.price ?? forAll.price,
    threshold: typed.threshold ?? forAll.threshold,
  };
}

/** What is wrong with each draft that is to be created; codes have to differ from each other and from taken ones. */
export function draftErrors(drafts: readonly Draft[], taken: ReadonlySet<string>): DraftError[][] {
  const uses = new Map<string, number>();
  for (const draft of drafts) {
    if (!draft.isLeftOut) uses.set(draft.code.trim(), (uses.get(draft.code.trim()) ?? 0) + 1);
  }
  return drafts.map((draft) => {
    if (draft.isLeftOut) return [];
    const code = draft.code.trim();
    const name = draft.name.trim();
    const errors: DraftError[] = [];
    if (name === "" || name.length > NAME_MAX) errors.push("name");
    if (!isCode(code) || taken.has(code) || (uses.get(code) ?? 0) > 1) errors.push("code");
    if (parseMoney(draft.price) === null) errors.push("price");
    if (parseQuantity(draft.threshold) === null) errors.push("threshold");
    return errors;
  });
}
