import { useCallback, useEffect, useRef, useState } from "react";
import { audit, documentOf, type TransactionRecord } from "../../shared/api/clients";
import { readable } from "../../shared/api/problems";
import { inventoryOf } from "../../shared/inventory/useInventory";
import { alone } from "../../shared/kept/kept";
import { texts } from "../../shared/texts/texts";
import { type Executed, execute, type Undo, undone } from "./execute";
import { readExisting } from "./existing";
import {
  type JournalWithResults,
  type KeptImports,
  KeptJournal,
  refusedBy,
  undoable,
  unfinished,
} from "./journal";
import type { Compared, DescribedFile, HowToRead, Kind, PlannedUnit, RejectedRow } from "./protocol";
import { PythonWorker } from "./python";
import { plainName, shownReason } from "./shown";

/** The largest file that is read here. */
export const FILE_MEGABYTES_MAX = 50;
const REJECTED_SHOWN = 100;
const words = texts.imports;

/** How a file is written, as far as the person says. */
export interface FileOptions {
  readonly encoding?: string;
  readonly separator?: string;
  readonly sheet?: string;
}

export interface ChosenFile {
  readonly file: File;
  readonly options: FileOptions;
  readonly described: DescribedFile;
  /** What is imported next of it; null where the file itself suggests it. */
  readonly kind: Kind | null;
}

export interface Preview {
  readonly kind: Kind;
  readonly compared: Compared;
  readonly units: readonly PlannedUnit[];
  readonly rejected: readonly RejectedRow[];
}

export type Step =
  | { readonly name: "busy"; readonly text: string }
  | { readonly name: "choose" }
  | { readonly name: "columns" }
  | { readonly name: "preview"; readonly preview: Preview }
  | { readonly name: "running"; readonly undoing: boolean; readonly done: number; readonly total: number }
  | {
      readonly name: "result";
      readonly kept: KeptImports;
      /** What could not be taken back, and why. */
      readonly remaining: readonly Remaining[];
    };

export interface Remaining {
  readonly name: string;
  readonly reason: string;
}

/** An import of one file: what the page shows of it, and what can be done next. */
export function useImport(subject: string, vendorId: string) {
  const python = useRef<PythonWorker | null>(null);
  const journal = useRef(new KeptJournal(subject, vendorId));
  const stop = useRef(new AbortController());
  const lock = `import/${subject}/${vendorId}`;
  const [step, setStep] = useState<Step>({ name: "busy", text: texts.common.loading });
  const [chosen, setChosen] = useState<ChosenFile | null>(null);
  /** What was imported before: it can still be shown, and undone. */
  const [last, setLast] = useState<KeptImports | null>(null);
  /** The file whose journals are kept. */
  const imported = useRef<File | null>(null);
  const [error, setError] = useState<unknown>(null);

  useEffect(() => {
    let current = true;
    Promise.all([journal.current.read(), journal.current.isClosed()]).then(
      ([kept, isClosed]) => {
        if (current) {
          setLast(kept);
          setStep(kept === null || isClosed ? { name: "choose" } : { name: "result", kept, remaining: [] });
        }
      },
      (reason) => {
        if (current) {
          setError(new Error(words.notKept(readable(reason).detail)));
          setStep({ name: "choose" });
        }
      },
    );
    return () => {
      current = false;
      stop.current.abort();
      python.current?.close();
    };
  }, []);

  /** Do something that may fail; then the page is again where it was. Nothing can be pressed twice meanwhile. */
  const attempt = useCallback(async (back: Step, work: () => Promise<void>) => {
    setError(null);
    setStep({ name: "busy", text: texts.common.loading });
    try {
      await work();
    } catch (reason) {
      setError(reason);
      setStep(back);
    }
  }, []);

  const open = useCallback(
    (file: File, options: FileOptions = {}) =>
      attempt({ name: "choose" }, async () => {
        if (file.size > FILE_MEGABYTES_MAX * 1e6) {
          throw new Error(words.drop.tooLarge(FILE_MEGABYTES_MAX));
        }
        setStep({ name: "busy", text: python.current === null ? words.starting : words.reading });
        python.current ??= new PythonWorker();
        const described = await python.current.ask<DescribedFile>(
          "open",
          file.name,
          await file.arrayBuffer(),
          vendorId,
          JSON.stringify(options),
        );
        setChosen({ file, options, described, kind: null });
        setStep({ name: "columns" });
      }),
    [attempt, vendorId],
  );

  const compare = useCallback(
    (kind: Kind, how: HowToRead) =>
      attempt({ name: "columns" }, async () => {
        const worker = python.current;
        if (worker === null) {
          setStep({ name: "choose" });
          return;
        }
        setStep({ name: "busy", text: words.reading });
        await worker.call("read", kind, JSON.stringify(how));
        await readExisting(worker, kind, vendorId, (items) =>
          setStep({ name: "busy", text: words.readingExisting(items) }),
        );
        setStep({ name: "busy", text: words.comparing });
        const compared = await worker.ask<Compared>("compare");
        const units = await worker.ask<PlannedUnit[]>("commands", crypto.randomUUID());
        const rejected = await worker.ask<RejectedRow[]>("rejected", "{}", REJECTED_SHOWN);
        setStep({ name: "preview", preview: { kind, compared, units, rejected } });
      }),
    [attempt, vendorId],
  );

  const send = useCallback(
    async (imports: KeptImports) => {
      const kept = lastOf(imports);
      const total = kept.journal.units.length;
      const results: Executed[] = [...kept.results];
      stop.current = new AbortController();
      setStep({ name: "running", undoing: false, done: results.length, total });
      setError(null);
      try {
        await execute(
          unfinished(kept),
          async (more) => {
            results.push(...more);
            await journal.current.addResults(more);
            setStep({ name: "running", undoing: false, done: results.length, total });
          },
          stop.current.signal,
        );
      } catch (reason) {
        setError(reason);
      }
      // What was imported shows in the lists at once.
      void inventoryOf(vendorId).refresh();
      setStep({ name: "result", kept: withChanged(imports, { ...kept, results }), remaining: [] });
    },
    [vendorId],
  );

  const apply = useCallback(
    (preview: Preview, file: File) =>
      attempt({ name: "preview", preview }, async () => {
        const begun = {
          file: file.name,
          kind: preview.kind,
          begunAt: new Date().toISOString(),
          units: preview.units,
        };
        await alone(lock, async () => {
          const isSameFile = imported.current === file;
          const before = isSameFile ? await journal.current.read() : null;
          await journal.current.begin(begun, isSameFile).catch((reason) => {
            throw new Error(words.notKept(readable(reason).detail));
          });
          imported.current = file;
          setLast(null);
          const now = { journal: begun, results: [], undone: [] };
          await send(before === null ? [now] : [...before, now]);
        });
      }),
    [attempt, send, lock],
  );

  /** Do something with the journal as it is now: another tab may have gone on with it. */
  const goOn = useCallback(
    (shown: KeptImports, work: (kept: KeptImports) => Promise<void>) =>
      attempt({ name: "result", kept: shown, remaining: [] }, () =>
        alone(lock, async () => {
          const kept = await journal.current.read();
          if (kept === null) {
            setStep({ name: "choose" });
          } else {
            await work(kept);
          }
        }),
      ),
    [attempt, lock],
  );

  const undo = useCallback(
    async (imports: KeptImports, isAll: boolean) => {
      const wanted = isAll ? imports.keys() : [imports.length - 1];
      const toUndo = [...wanted]
        .reverse()
        .flatMap((of) => undoable(imports[of] as JournalWithResults).map((each) => ({ of, ...each })));
      const gone = imports.map(({ undone: before }) => [...before]);
      const remaining: Remaining[] = [];
      stop.current = new AbortController();
      setError(null);
      const show = (done: number) => setStep({ name: "running", undoing: true, done, total: toUndo.length });
      show(0);
      try {
        for (const [index, { of, number, undo: each }] of toUndo.entries()) {
          if (stop.current.signal.aborted) {
            break;
          }
          const reason = await undone(each, correctedSince);
          if (reason === null) {
            gone[of]?.push(number);
            await journal.current.addUndone([number], of);
          } else {
            const name = imports[of]?.journal.units.find((unit) => unit.number === number)?.name ?? "";
            remaining.push({
              name: plainName(name),
              reason: reason === "changed" ? words.result.changed : shownReason(reason),
            });
          }
          show(index + 1);
        }
      } catch (reason) {
        setError(reason);
      }
      void inventoryOf(vendorId).refresh();
      const [first, ...others] = imports.map((each, of) => ({ ...each, undone: gone[of] ?? [] }));
      setStep({ name: "result", kept: [first as JournalWithResults, ...others], remaining });
    },
    [vendorId],
  );

  return {
    step,
    chosen,
    error,
    open,
    compare,
    apply,
    resume: (kept: KeptImports) => goOn(kept, send),
    /** Take back the last import, or all of the file. */
    undo: (kept: KeptImports, isAll: boolean) => goOn(kept, (now) => undo(now, isAll)),
    stop: () => stop.current.abort(),
    toColumns: () => setStep({ name: "columns" }),
    /** Go on with the next kind of the same file: what was imported of it can still be undone. */
    next: (kind: Kind) => {
      setChosen((current) => current && { ...current, kind });
      setStep({ name: "columns" });
    },
    last,
    show: (kept: KeptImports) => setStep({ name: "result", kept, remaining: [] }),
    /** Leave the result, to another file. */
    leave: async (kept: KeptImports) => {
      await journal.current.close().catch(setError);
      setLast(kept);
      imported.current = null;
      setChosen(null);
      setStep({ name: "choose" });
    },
    rejectsFile: async (results: readonly Executed[]): Promise<{ name: string; content: Blob } | null> => {
      const worker = python.current;
      if (worker === null) {
        return null;
      }
      const bytes = await worker.call("rejects", JSON.stringify(refusedBy(results)));
      return { name: await worker.call("rejectsName"), content: new Blob([bytes]) };
    },
  };
}

export type Import = ReturnType<typeof useImport>;

const lastOf = (imports: KeptImports) => imports.at(-1) as JournalWithResults;

/** The imports with another state of the last one. */
function withChanged(imports: KeptImports, changed: JournalWithResults): KeptImports {
  const [first, ...others] = [...imports.slice(0, -1), changed];
  return [first ?? changed, ...others];
}

/** Why a delivery or count is not taken back: the stock was counted or corrected after it. */
async function correctedSince({
  sku,
  sequence,
}: Extract<Undo, { do: "adjust_stock" }>): Promise<string | null> {
  let cursor: string | undefined;
  do {
    const page = (await documentOf(
      audit.GET("/skus/{sku}/transactions", {
        params: { path: { sku }, query: { limit: 100, order: "desc", cursor } },
      }),
    )) as { items: TransactionRecord[]; next_cursor: string | null };
    for (const record of page.items) {
      if (record.sequence <= sequence) {
        return null;
      }
      if (record.transaction_type === "manual_adjustment" && !record.notes?.startsWith("[undo ")) {
        return words.result.corrected(record.transaction_id);
      }
    }
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return null;
}
