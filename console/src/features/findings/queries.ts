import { infiniteQueryOptions } from "@tanstack/react-query";
import { findingList, JSON_LINES, linesOf } from "../../shared/log/lists";
import { findingOf } from "./finding";

const PAGE = 50;
const REFRESH_MILLISECONDS = 10_000;
/** The most pages that are read again; each is a request. */
const REFRESHED_PAGES_MAX = 4;

export function isRefreshed(pages: number): boolean {
  return pages <= REFRESHED_PAGES_MAX;
}

/** The findings, newest first. */
export const findingsQuery = infiniteQueryOptions({
  queryKey: ["findings"],
  initialPageParam: undefined as string | undefined,
  queryFn: async ({ pageParam, signal }) => {
    const part = await findingList({ accept: JSON_LINES, limit: PAGE, cursor: pageParam, signal });
    return { findings: linesOf(part).map(findingOf), cursor: part.cursor };
  },
  getNextPageParam: (page) => page.cursor ?? undefined,
  refetchInterval: ({ state }) => (isRefreshed(state.data?.pages.length ?? 0) ? REFRESH_MILLISECONDS : false),
});
