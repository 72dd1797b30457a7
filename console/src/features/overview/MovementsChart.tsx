import { Group, Paper, Text, Title } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { useMemo } from "react";
import { formatQuantity } from "../../shared/format/numbers";
import { formatDay, formatTime } from "../../shared/format/times";
import { texts } from "../../shared/texts/texts";
import { Chart } from "../../shared/ui/Chart";
import { EmptyState, ErrorState, LoadingState } from "../../shared/ui/states";
import { type Buckets, bucketsOf } from "./movements";
import classes from "./Overview.module.css";
import type { NewestLog, NewestRecord } from "./queries";

/** The units that came and went in the records read, with the period that these cover. */
export function MovementsChart({ log }: { readonly log: UseQueryResult<NewestLog> }) {
  const words = texts.overview.movements;
  const records = log.data?.records;
  const buckets = useMemo(() => bucketsOf(records ?? []), [records]);
  return (
    <Paper withBorder component="section" className={classes.panel} aria-labelledby="movements">
      <Group gap="xs" align="baseline" mb="xs">
        <Title order={2} size="h5" id="movements">
          {words.title}
        </Title>
        {log.data && buckets && (
          <Text size="xs" c="dimmed">
            {periodOf(log.data)}
          </Text>
        )}
      </Group>
      {log.isPending && <LoadingState />}
      {log.isError && !log.data && <ErrorState error={log.error} onRetry={() => void log.refetch()} />}
      {log.data && !buckets && <EmptyState title={words.none} detail={words.noneHint} />}
      {buckets && <BarChart buckets={buckets} />}
    </Paper>
  );
}

function BarChart({ buckets }: { readonly buckets: Buckets }) {
  const words = texts.overview.movements;
  const series = useMemo(
    () => [
      { label: words.added, values: buckets.added, color: "teal" },
      { label: words.removed, values: buckets.removed, color: "orange" },
    ],
    [buckets, words],
  );
  const isFine = buckets.step === "minute" || buckets.step === "hour";
  const nameOf = (index: number) => {
    const start = new Date((buckets.starts[index] ?? 0) * 1000).toISOString();
    return `${isFine ? formatTime(start) : formatDay(start)}, ${words.per[buckets.step]}`;
  };
  return (
    <Chart
      label={words.label}
      kind="bars"
      x={buckets.starts}
      xKind="time"
      series={series}
      nameOf={nameOf}
      height={300}
    />
  );
}

function periodOf({ records, isAll }: NewestLog): string {
  const [newest, oldest] = [records[0], records.at(-1)] as [NewestRecord, NewestRecord];
  const words = texts.overview.movements;
  const count = formatQuantity(records.length);
  return words.period(count, formatTime(oldest.timestamp), formatTime(newest.timestamp), isAll);
}
