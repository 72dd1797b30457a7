import { KeptList } from "../../shared/kept/kept";
import type { Executed } from "./execute";
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

type Entry =
  | { readonly type: "journal"; readonly journal: Journal }
  | { readonly type: "results"; readonly results: readonly Executed[] }
  | { readonly type: "undone"; readonly numbers: readonly number[] };

/** The journal of a person's last import, kept in the browser: a closed tab loses nothing of it. */
export class KeptJournal {
  readonly #kept: KeptList<Entry>;
  #entries = 0;

  constructor(subject: string, vendorId: string) {
    this.#kept = new KeptList<Entry>("import", `${subject}/${vendorId}`);
  }

  async read(): Promise<JournalWithResults | null> {
    const entries = await this.#kept.all();
    this.#entries = entries.length;
    const begun = entries.find((entry) => entry.type === "journal");
    return begun === undefined
      ? null
      : {
          journal: begun.journal,
          results: entries.flatMap((entry) => (entry.type === "results" ? entry.results : [])),
          undone: entries.flatMap((entry) => (entry.type === "undone" ? entry.numbers : [])),
        };
  }

  /** Begin a journal in the place of the one before. */
  async begin(journal: Journal): Promise<void> {
    await this.discard();
    await this.#add({ type: "journal", journal });
  }

  async addResults(results: readonly Executed[]): Promise<void> {
    await this.#add({ type: "results", results });
  }

  async addUndone(numbers: readonly number[]): Promise<void> {
    await this.#add({ type: "undone", numbers });
  }

  async discard(): Promise<void> {
    await this.#kept.clear();
    this.#entries = 0;
  }

  async #add(entry: Entry): Promise<void> {
    this.#entries += 1;
    await this.#kept.put(String(this.#entries).padStart(8, "0"), entry);
  }
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
