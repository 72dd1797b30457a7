import { Button, Group, NativeSelect, Paper, SegmentedControl, Text, Title } from "@mantine/core";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import type { Sku } from "../../shared/api/clients";
import { formatQuantity } from "../../shared/format/numbers";
import { formatTime } from "../../shared/format/times";
import { SkuLinks } from "../../shared/log/SkuLinks";
import { texts } from "../../shared/texts/texts";
import { Chart } from "../../shared/ui/Chart";
import { RecordTable, recordChange, recordReason, recordType } from "../../shared/ui/records";
import { EmptyState, ErrorState, LoadingState } from "../../shared/ui/states";
import { type LogRecord, recordsQuery, refreshedFirstPage } from "./queries";
import { type Scale, timelineOf } from "./timeline";

const ROWS = 25;

/** The SKU's log, as a chart and as a list, of the same records. */
export function Activity({ sku }: { readonly sku: Sku }) {
  const log = useRecords(sku);
  const records = useMemo(() => log.data?.pages.flatMap((page) => page.items) ?? [], [log.data]);
  if (log.isPending || (log.isError && records.length === 0)) {
    return (
      <Paper withBorder p="md">
        {log.isError ? <ErrorState error={log.error} onRetry={() => void log.refetch()} /> : <LoadingState />}
      </Paper>
    );
  }
  if (records.length === 0) {
    const { empty, emptyHint } = texts.sku.timeline;
    return (
      <Paper withBorder p="md">
        <EmptyState title={empty} detail={emptyHint} />
      </Paper>
    );
  }
  return (
    <>
      <Timeline sku={sku.sku} records={records} hasMore={log.hasNextPage} />
      <Log
        sku={sku.sku}
        records={records}
        hasMore={log.hasNextPage}
        isLoading={log.isFetchingNextPage}
        onLoad={() => void log.fetchNextPage()}
      />
    </>
  );
}

/** The records loaded, with new ones as soon as the SKU shows that there are some. */
function useRecords(sku: Sku) {
  const client = useQueryClient();
  const query = recordsQuery(sku.sku);
  const log = useInfiniteQuery({ ...query, staleTime: Number.POSITIVE_INFINITY });
  const first = log.data?.pages[0];
  const newest = first?.items[0]?.sequence ?? 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once for each reading of the SKU.
  useEffect(() => {
    if (!first || sku.sequence <= newest) return;
    let ended = false;
    void refreshedFirstPage(sku.sku, first).then((page) => {
      if (ended) return;
      client.setQueryData(query.queryKey, (known) => {
        if (!known) return known;
        const joined = page.next_cursor === first.next_cursor;
        return joined
          ? { ...known, pages: [page, ...known.pages.slice(1)] }
          : { pages: [page], pageParams: [undefined] };
      });
    }, ignored);
    return () => {
      ended = true;
    };
  }, [sku, newest]);
  return log;
}

/** The next reading of the SKU asks again. */
function ignored(): void {}

interface TimelineProps {
  readonly sku: string;
  readonly records: readonly LogRecord[];
  readonly hasMore: boolean;
}

function Timeline({ sku, records, hasMore }: TimelineProps) {
  const words = texts.sku.timeline;
  const [scale, setScale] = useState<Scale>("time");
  const [point, setPoint] = useState<number | null>(null);
  const timeline = useMemo(() => timelineOf(records, scale), [records, scale]);
  const series = useMemo(
    () => [
      { label: texts.sku.available, values: timeline.available, color: "teal", filled: true },
      { label: texts.sku.reserved, values: timeline.reserved, color: "orange" },
      { label: texts.sku.onHand, values: timeline.onHand, color: "blue" },
    ],
    [timeline],
  );
  const chosen = point === null ? undefined : timeline.records[point];
  const nameOf = (index: number) => {
    const record = timeline.records[index];
    return record ? `${words.record(formatQuantity(record.sequence))}, ${formatTime(record.timestamp)}` : "";
  };
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="timeline">
      <Group justify="space-between" mb="xs">
        <Group gap="xs" align="baseline">
          <Title order={2} size="h5" id="timeline">
            {words.title}
          </Title>
          <Text size="xs" c="dimmed">
            {words.shown(formatQuantity(records.length), hasMore)}
          </Text>
        </Group>
        <SegmentedControl
          size="xs"
          aria-label={words.scale}
          value={scale}
          onChange={(value) => setScale(value as Scale)}
          data={[
            { value: "time", label: words.byTime },
            { value: "record", label: words.byRecord },
          ]}
        />
      </Group>
      <Chart
        label={words.label(sku)}
        kind="steps"
        x={timeline.x}
        xKind={scale === "time" ? "time" : "number"}
        series={series}
        nameOf={nameOf}
        onPoint={setPoint}
      />
      <Text size="xs" c="dimmed" mih="1lh" mt={4}>
        {chosen ? recordLine(chosen) : words.hint}
      </Text>
    </Paper>
  );
}

function recordLine(record: LogRecord): string {
  const reason = recordReason(record);
  return [recordType(record.transaction_type), recordChange(record), record.order_id, reason]
    .filter(Boolean)
    .join(" · ");
}

interface LogProps {
  readonly sku: string;
  readonly records: readonly LogRecord[];
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly onLoad: () => void;
}

function Log({ sku, records, hasMore, isLoading, onLoad }: LogProps) {
  const words = texts.sku.log;
  const names = texts.records;
  const [type, setType] = useState("");
  const [shown, setShown] = useState(ROWS);
  const found = type === "" ? records : records.filter((record) => record.transaction_type === type);
  const visible = found.slice(0, shown);
  const showMore = () => {
    setShown(shown + ROWS);
    if (shown + ROWS > found.length && hasMore) onLoad();
  };
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="log">
      <Group justify="space-between" mb="xs">
        <Group gap="md" align="baseline">
          <Title order={2} size="h5" id="log">
            {words.title}
          </Title>
          <SkuLinks sku={sku} without="log" />
        </Group>
        <NativeSelect
          size="xs"
          aria-label={words.type}
          value={type}
          onChange={(event) => setType(event.currentTarget.value)}
          data={[
            { value: "", label: words.all },
            ...Object.entries(names.types).map(([value, label]) => ({ value, label })),
          ]}
        />
      </Group>
      {visible.length > 0 && <RecordTable records={visible} />}
      {visible.length === 0 && (
        <Text size="sm" c="dimmed" py="sm">
          {words.none}
        </Text>
      )}
      <Group justify="space-between" mt="xs">
        <Text size="xs" c="dimmed" role="status">
          {words.shown(formatQuantity(visible.length), formatQuantity(records.length))}
        </Text>
        {(shown < found.length || hasMore) && (
          <Button size="compact-sm" variant="default" loading={isLoading} onClick={showMore}>
            {words.showMore}
          </Button>
        )}
      </Group>
    </Paper>
  );
}
