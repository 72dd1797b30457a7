import { KeptList } from "../../shared/kept/kept";
import { DEACTIVATE, type Executed, type Undo } from "./execute";
import type { Kind, PlannedUnit } from "./protocol";

/** An import that was begun: what was to be done, and what was. */
export interface Journal {
  readonly file: string;
  readonly kind: Kind;
  readonly begunAt: string;
  readonly units: readonly PlannedUnit[];
}

export interface JournalWithResults {
  readonly journal: Journal;
  readonly results: readonly Executed[];
  /** Numbers of the units that were taken back. */
  readonly undone: readonly number[];
}

/** The imports of one file, oldest first: its products, its SKUs, its stock. */
export type KeptImports = readonly [JournalWithResults, ...JournalWithResults[]];

export type Entry =
  | { readonly type: "journal"; readonly journal: Journal }
  | { readonly type: "results"; readonly results: readonly Executed[] }
  /** `of` is which of the journals they belong to. */
  | { readonly type: "undone"; readonly numbers: readonly number[]; readonly of: number }
  /** The person has left the result: it can be shown again until another file is imported. */
  | { readonly type: "closed" };

/** The journals of a person's last file, kept in the browser: a closed tab loses nothing of them. */
export class KeptJournal {
  readonly #kept: KeptList<Entry>;
  #entries = 0;

  constructor(subject: string, vendorId: string) {
    this.#kept = new KeptList<Entry>("import", `${subject}/${vendorId}`);
  }

  async read(): Promise<KeptImports | null> {
    return importsOf(await this.#read());
  }

  /** Whether the person has left the result. */
  async isClosed(): Promise<boolean> {
    return (await this.#read()).some((entry) => entry.type === "closed");
  }

  /** Begin a journal: in the place of those before, or behind them if it is of the same file. */
  async begin(journal: Journal, isSameFile: boolean): Promise<void> {
    if (!isSameFile) {
      await this.discard();
    }
    await this.#add({ type: "journal", journal });
  }

  async addResults(results: readonly Executed[]): Promise<void> {
    await this.#add({ type: "results", results });
  }

  async addUndone(numbers: readonly number[], of: number): Promise<void> {
    await this.#add({ type: "undone", numbers, of });
  }

  async close(): Promise<void> {
    await this.#read();
    await this.#add({ type: "closed" });
  }

  async discard(): Promise<void> {
    await this.#kept.clear();
    this.#entries = 0;
  }

  async #read(): Promise<Entry[]> {
    const entries = await this.#kept.all();
    this.#entries = entries.length;
    return entries;
  }

  async #add(entry: Entry): Promise<void> {
    this.#entries += 1;
    await this.#kept.put(String(this.#entries).padStart(8, "0"), entry);
  }
}

/** What the entries say, in the order in which they were kept. */
export function importsOf(entries: readonly Entry[]): KeptImports | null {
  const found: { journal: Journal; results: Executed[]; undone: number[] }[] = [];
  for (const entry of entries) {
    if (entry.type === "journal") {
      found.push({ journal: entry.journal, results: [], undone: [] });
    } else if (entry.type === "results") {
      found.at(-1)?.results.push(...entry.results);
    } else if (entry.type === "undone") {
      found[entry.of]?.undone.push(...entry.numbers);
    }
  }
  const [first, ...others] = found;
  return first === undefined ? null : [first, ...others];
}

/** What can still be taken back of an import, the last first. */
export function undoable({ results, undone }: JournalWithResults): { number: number; undo: Undo }[] {
  const gone = new Set(undone);
  return results
    .flatMap((each) =>
      each.state === "done" && each.undo !== null && !gone.has(each.number)
        ? [{ number: each.number, undo: each.undo }]
        : [],
    )
    .reverse();
}

/** What an undo will do, in numbers. */
export interface UndoSummary {
  readonly changes: number;
  readonly productsOff: number;
  readonly productsBack: number;
  readonly skusOff: number;
  readonly skusBack: number;
  readonly stockSkus: number;
  /** Units that the stock then has fewer and more. */
  readonly fewer: number;
  readonly more: number;
}

export function undoSummary(imports: readonly JournalWithResults[]): UndoSummary {
  const undos = imports.flatMap((each) => undoable(each).map(({ undo }) => undo));
  const patches = (kind: "patch_product" | "patch_sku", isOff: boolean) =>
    undos.filter((undo) => undo.do === kind && (undo.body === DEACTIVATE) === isOff).length;
  const stock = undos.filter((undo) => undo.do === "adjust_stock");
  const units = (sign: 1 | -1) =>
    stock.reduce((sum, { quantity_change }) => sum + Math.max(0, sign * quantity_change), 0);
  return {
    changes: undos.length,
    productsOff: patches("patch_product", true),
    productsBack: patches("patch_product", false),
    skusOff: patches("patch_sku", true),
    skusBack: patches("patch_sku", false),
    stockSkus: new Set(stock.map(({ sku }) => sku)).size,
    fewer: units(1),
    more: units(-1),
  };
}

/** The units that have no result: never sent, or sent and not answered. They may be sent again. */
export function unfinished({ journal, results }: JournalWithResults): PlannedUnit[] {
  const finished = new Set(results.map(({ number }) => number));
  return journal.units.filter(({ number }) => !finished.has(number));
}

/** Why the services refused units, by their numbers. */
export function refusedBy(results: readonly Executed[]): Record<number, string> {
  return Object.fromEntries(
    results.flatMap((each) => (each.state === "refused" ? [[each.number, each.reason]] : [])),
  );
}
