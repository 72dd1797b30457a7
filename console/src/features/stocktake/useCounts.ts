import { useCallback, useEffect, useMemo, useState } from "react";
import { KeptList } from "../../shared/kept/kept";
import type { CountedSku } from "./counts";

/** What was counted and is not booked: in this page, and kept in this browser for the next time. */
export interface Counts {
  /** Null while what was kept before is being read. */
  readonly counts: readonly CountedSku[] | null;
  /** Why counts are in this page alone, and gone when it is closed; null while they are kept. */
  readonly notKept: unknown;
  /** Add a count, in place of the one of the same SKU. Resolves when it is kept, or cannot be. */
  readonly put: (count: CountedSku) => Promise<void>;
  readonly remove: (skus: readonly string[]) => Promise<void>;
}

/** The counts of a person for a vendor. Tabs of one browser have the same ones. */
export function useCounts(subject: string, vendorId: string): Counts {
  const kept = useMemo(
    () => new KeptList<CountedSku>("stocktake", `${subject}/${vendorId}`),
    [subject, vendorId],
  );
  const [counts, setCounts] = useState<readonly CountedSku[] | null>(null);
  const [notKept, setNotKept] = useState<unknown>(null);

  useEffect(() => {
    let current = true;
    const read = () =>
      kept.all().then(
        (all) => current && setCounts(all),
        (error) => {
          if (current) {
            setNotKept(error);
            setCounts((before) => before ?? []);
          }
        },
      );
    void read();
    const stop = kept.onChange(() => void read());
    return () => {
      current = false;
      stop();
    };
  }, [kept]);

  const put = useCallback(
    async (count: CountedSku) => {
      setCounts((before) => [...(before ?? []).filter(({ sku }) => sku !== count.sku), count]);
      await kept.put(count.sku, count).then(() => setNotKept(null), setNotKept);
    },
    [kept],
  );
  const remove = useCallback(
    async (skus: readonly string[]) => {
      const gone = new Set(skus);
      setCounts((before) => (before ?? []).filter(({ sku }) => !gone.has(sku)));
      await kept.remove(skus).catch(setNotKept);
    },
    [kept],
  );
  return { counts, notKept, put, remove };
}
