import { Anchor, Button, Group, Paper, Text } from "@mantine/core";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { Link, useLocation, useNavigate, useSearchParams } from "react-router";
import { isProblem } from "../../shared/api/problems";
import { formatQuantity } from "../../shared/format/numbers";
import { logAddress } from "../../shared/log/addresses";
import { ExportButtons } from "../../shared/log/ExportButtons";
import { type RecordQuery, recordList, SUBJECTS } from "../../shared/log/lists";
import { RecordByIdDialog, RecordDialog } from "../../shared/log/RecordDialog";
import { SkuLinks } from "../../shared/log/SkuLinks";
import { texts } from "../../shared/texts/texts";
import { PageFrame } from "../../shared/ui/PageFrame";
import { RecordTable } from "../../shared/ui/records";
import { EmptyState, ErrorState, LoadingState } from "../../shared/ui/states";
import { FilterForm } from "./FilterForm";
import { type ListedRecord, recordsQuery } from "./queries";
import { fileName, queryOf } from "./query";

/** The log: by what it is of, by time and by type, as the service lists it. */
export function LogPage() {
  const words = texts.log;
  const [address, setAddress] = useSearchParams();
  const navigate = useNavigate();
  const query = useMemo(() => queryOf(address), [address]);
  const record = address.get("record");
  const title = query === null ? words.title : `${words.title}: ${query.id}`;
  const read = useMemo(() => query && recordList(query), [query]);
  const client = useQueryClient();
  const show = (wanted: RecordQuery) => {
    // The same records once more are read anew.
    void client.resetQueries({ queryKey: recordsQuery(wanted).queryKey });
    void navigate(logAddress(wanted));
  };
  return (
    <PageFrame
      title={title}
      lead={query?.subject === "sku" ? <SkuLinks sku={query.id} without="log" /> : words.lead}
      actions={query && read && <ExportButtons read={read} name={fileName(query)} />}
    >
      <FilterForm query={query} begin={SUBJECTS.find((each) => each === address.get("by"))} onSubmit={show} />
      {query === null ? (
        <EmptyState title={words.start.title} detail={words.start.detail} />
      ) : (
        <Records key={JSON.stringify(query)} query={query} />
      )}
      {record !== null && (
        <RecordByIdDialog
          id={record}
          onClose={() =>
            setAddress((current) => {
              const rest = new URLSearchParams(current);
              rest.delete("record");
              return rest;
            })
          }
        />
      )}
    </PageFrame>
  );
}

function Records({ query }: { readonly query: RecordQuery }) {
  const words = texts.log;
  const { key: place } = useLocation();
  const [opened, setOpened] = useState<ListedRecord | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a link in the dialog leads to another list.
  useEffect(() => setOpened(null), [place]);
  const list = useInfiniteQuery(recordsQuery(query));
  const records = list.data?.pages.flatMap((page) => page.records) ?? [];
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const isEmptySoFar = list.data !== undefined && records.length === 0 && hasNextPage && !list.isError;
  useEffect(() => {
    // A page may have no record of the type that is asked for, though later ones do.
    if (isEmptySoFar && !isFetchingNextPage) void fetchNextPage();
  }, [isEmptySoFar, isFetchingNextPage, fetchNextPage]);
  if (list.isError && records.length === 0) {
    return isProblem(list.error, "order_not_found") ? (
      <EmptyState title={words.none.title} detail={words.none.order} />
    ) : (
      <ErrorState error={list.error} onRetry={() => void list.refetch()} />
    );
  }
  if (list.data === undefined || isEmptySoFar) {
    return <LoadingState />;
  }
  if (records.length === 0) {
    return <EmptyState title={words.none.title} detail={words.none.detail} />;
  }
  const skuOf = ({ sku }: ListedRecord) => (
    <Anchor component={Link} to={logAddress({ subject: "sku", id: sku })} size="sm">
      {sku}
    </Anchor>
  );
  const orderOf = (order: string) => (
    <Anchor component={Link} to={logAddress({ subject: "order", id: order })} size="sm">
      {order}
    </Anchor>
  );
  return (
    <Paper withBorder p="md">
      <RecordTable
        records={records}
        skuOf={query.subject === "sku" ? undefined : skuOf}
        orderOf={query.subject === "order" ? undefined : orderOf}
        onOpen={setOpened}
      />
      <Group justify="space-between" mt="xs">
        <Text size="xs" c="dimmed" role="status">
          {words.shown(formatQuantity(records.length), hasNextPage)}
        </Text>
        {hasNextPage && (
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {words.more}
          </Button>
        )}
      </Group>
      {opened && <RecordDialog line={opened.line} onClose={() => setOpened(null)} />}
    </Paper>
  );
}
