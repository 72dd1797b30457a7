import { infiniteQueryOptions } from "@tanstack/react-query";
import type { TransactionRecord } from "../../shared/api/clients";
import { JSON_LINES, linesOf, type RecordQuery, recordList } from "../../shared/log/lists";

const PAGE = 100;
/** The service reads a page and then leaves out records of other types. */
const PAGE_OF_A_TYPE = 1000;

/** A record as the service served it, and as it is shown. */
export interface ListedRecord extends TransactionRecord {
  readonly line: string;
}

/** A list of log records, in pages. */
export const recordsQuery = (wanted: RecordQuery | null) =>
  infiniteQueryOptions({
    queryKey: ["records", wanted],
    enabled: wanted !== null,
    staleTime: 0,
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const limit = wanted?.type === undefined ? PAGE : PAGE_OF_A_TYPE;
      const read = recordList(wanted as RecordQuery);
      const part = await read({ accept: JSON_LINES, limit, cursor: pageParam, signal });
      const records = linesOf(part).map((line): ListedRecord => ({ ...JSON.parse(line), line }));
      return { records, cursor: part.cursor };
    },
    getNextPageParam: (page) => page.cursor ?? undefined,
  });
