import { Anchor, Group, Paper, SegmentedControl, Text, Title } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import type { TransactionRecord } from "../../shared/api/clients";
import { formatQuantity } from "../../shared/format/numbers";
import { Differences } from "../../shared/log/Differences";
import { RecordDialog } from "../../shared/log/RecordDialog";
import { texts } from "../../shared/texts/texts";
import { CheckIcon, CloseIcon } from "../../shared/ui/icons";
import { recordChange, recordType } from "../../shared/ui/records";
import { Time } from "../../shared/ui/Time";
import { placeOf } from "./place";
import classes from "./Rows.module.css";
import type { Verification } from "./useVerification";
import { isBroken, type VerifiedRow } from "./verifyLog";

const words = texts.verify;
const ROW_PIXELS = 37;
const OVERSCAN = 10;

/** Every record, green or red; only those near the window are drawn. */
export function Rows({ verification }: { readonly verification: Verification }) {
  const { rows, lines, done, state } = verification;
  const [shown, setShown] = useState<"all" | "faults">("all");
  const [opened, setOpened] = useState<string | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows are one list that grows with `done`.
  const faults = useMemo(() => rows.filter(isBroken), [rows, done, state]);
  const visible = shown === "all" ? rows : faults;
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: visible.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PIXELS,
    overscan: OVERSCAN,
  });
  const toEnd = (event: KeyboardEvent) => {
    // The browser's own scrolling to an end stops where rows are measured on its way.
    if (event.key !== "Home" && event.key !== "End") return;
    event.preventDefault();
    virtualizer.scrollToIndex(event.key === "Home" ? 0 : visible.length - 1);
  };
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="records">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h5" id="records">
          {words.records}
        </Title>
        <SegmentedControl
          size="xs"
          aria-label={words.filter}
          value={shown}
          onChange={(value) => setShown(value as "all" | "faults")}
          data={[
            { value: "all", label: words.all(formatQuantity(rows.length)) },
            { value: "faults", label: words.faults(formatQuantity(faults.length)) },
          ]}
        />
      </Group>
      {visible.length === 0 ? (
        <Text size="sm" c="dimmed">
          {words.noFaults}
        </Text>
      ) : (
        <div
          ref={scroller}
          onKeyDown={toEnd}
          className={classes.scroll}
          tabIndex={0}
          role="group"
          aria-label={words.records}
        >
          <div role="list" style={{ height: virtualizer.getTotalSize(), position: "relative" }}>
            {virtualizer.getVirtualItems().map(({ index, key, start }) => {
              const row = visible[index] as VerifiedRow;
              return (
                <div
                  key={key}
                  ref={virtualizer.measureElement}
                  data-index={index}
                  role="listitem"
                  aria-setsize={visible.length}
                  aria-posinset={index + 1}
                  className={classes.row}
                  data-broken={isBroken(row) || undefined}
                  style={{ transform: `translateY(${start}px)` }}
                >
                  <Row
                    row={row}
                    line={row.line === null ? null : (lines[row.line - 1] ?? null)}
                    onOpen={setOpened}
                  />
                </div>
              );
            })}
          </div>
        </div>
      )}
      {opened !== null && <RecordDialog line={opened} onClose={() => setOpened(null)} />}
    </Paper>
  );
}

interface RowProps {
  readonly row: VerifiedRow;
  readonly line: string | null;
  readonly onOpen: (line: string) => void;
}

function Row({ row, line, onOpen }: RowProps) {
  const record = recordOf(line);
  const broken = isBroken(row);
  return (
    <>
      <div className={classes.head}>
        <span className={classes.state}>
          {broken ? <CloseIcon /> : <CheckIcon />}
          {broken ? words.fault : words.ok}
        </span>
        <span className={classes.place}>
          {record && line !== null ? (
            <Anchor component="button" type="button" size="sm" onClick={() => onOpen(line)}>
              {placeOf(row)}
            </Anchor>
          ) : (
            placeOf(row)
          )}
        </span>
        {record && (
          <>
            <span>{recordType(String(record.transaction_type))}</span>
            <span className={classes.change}>{recordChange(record)}</span>
            <span className={classes.time}>
              <Time value={String(record.timestamp)} exact />
            </span>
          </>
        )}
      </div>
      {broken &&
        (row.line === null ? (
          <Text size="sm" className={classes.missing}>
            {words.missingDetail}
          </Text>
        ) : (
          <div className={classes.differences}>
            <Text size="sm">{meaningOf(row)}</Text>
            <Differences differences={row.differences} />
          </div>
        ))}
    </>
  );
}

/** What the row's differences mean together. */
function meaningOf({ differences }: VerifiedRow): string {
  const kinds = differences.map(({ kind }) => kind).filter((kind) => Object.hasOwn(words.meanings, kind));
  return kinds.map((kind) => words.meanings[kind]).join(" ");
}

/** The record of a line for display; null if it is none, as a forged one may be. */
function recordOf(line: string | null): TransactionRecord | null {
  try {
    const value: unknown = line === null ? null : JSON.parse(line);
    return typeof value === "object" && value !== null && "sequence" in value
      ? (value as TransactionRecord)
      : null;
  } catch {
    return null;
  }
}
