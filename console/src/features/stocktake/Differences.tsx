import { Alert, Anchor, Button, Group, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Link } from "react-router";
import { newIdempotencyKey } from "../../shared/api/clients";
import type { ReadableError } from "../../shared/api/problems";
import { areNotes } from "../../shared/format/notes";
import { formatChange, formatQuantity } from "../../shared/format/numbers";
import { formatDay } from "../../shared/format/times";
import { changeStocks, readSku } from "../../shared/inventory/commands";
import { runStockTasks, stockUndo } from "../../shared/inventory/stockTasks";
import type { InventoryStore } from "../../shared/inventory/store";
import { useVendorAddress } from "../../shared/session/vendor";
import { texts } from "../../shared/texts/texts";
import { EmptyState } from "../../shared/ui/states";
import { showDone } from "../../shared/ui/toasts";
import { WideTable } from "../../shared/ui/WideTable";
import { bookings, type CountedSku, type CountLine, differing, movedAlong, sumsOf } from "./counts";
import classes from "./Stocktake.module.css";

const words = texts.stocktake.differences;

interface Props {
  readonly lines: readonly CountLine[];
  readonly store: InventoryStore;
  readonly put: (count: CountedSku) => Promise<void>;
  readonly remove: (skus: readonly string[]) => Promise<void>;
  readonly onCountAgain: (sku: string) => void;
}

/** What was counted beside what the system has; nothing is sent before somebody has seen it. */
export function Differences({ lines, store, put, remove, onCountAgain }: Props) {
  const address = useVendorAddress();
  const [reason, setReason] = useState(() => words.reasonDefault(formatDay(new Date().toISOString())));
  const [reasonIsWrong, setReasonIsWrong] = useState(false);
  const [progress, setProgress] = useState<{ done: number; total: number } | null>(null);
  const [failed, setFailed] = useState<ReadonlyMap<string, ReadableError>>(new Map());
  const [discarding, setDiscarding] = useState(false);
  const moved = lines.filter((line) => line.moved);
  const toBook = differing(lines);
  const equal = lines.filter((line) => line.difference === 0 && !line.moved);
  const unknown = toBook.filter(({ count }) => count.sentNotes !== undefined);
  const { more, fewer } = sumsOf(toBook);

  const book = async (event: FormEvent) => {
    event.preventDefault();
    const notes = reason.trim();
    const isWrong = toBook.length > 0 && (notes === "" || !areNotes(notes));
    setReasonIsWrong(isWrong);
    if (isWrong) {
      return;
    }
    setFailed(new Map());
    setProgress({ done: 0, total: toBook.length });
    const tasks = bookings(
      toBook.map(({ count }) => count),
      notes,
    );
    // Kept before it is sent: if no answer comes, the same commands are sent again.
    await Promise.all(toBook.map(({ count }) => put({ ...count, sentNotes: count.sentNotes ?? notes })));
    const { done, failed: refused } = await runStockTasks(
      tasks,
      changeStocks,
      (finished) => setProgress({ done: finished, total: tasks.length }),
      new AbortController().signal,
    );
    await remove([...done.map(({ task }) => task.row.sku), ...equal.map(({ count }) => count.sku)]);
    for (const { task, error } of refused) {
      // Only a refusal says that it was not booked.
      if (error.status !== null && error.status < 500) {
        const { sentNotes: _, ...count } = task.row;
        await put({ ...count, key: newIdempotencyKey() });
      }
    }
    setFailed(new Map(refused.map(({ task, error }) => [task.row.sku, error])));
    setProgress(null);
    await acceptNow(
      store,
      [...done, ...refused].map(({ task }) => task.row),
    );
    if (done.length > 0) {
      const undo = stockUndo(done, (record) => words.undoNotes(record.transaction_id), newIdempotencyKey);
      showDone(words.booked(done.length), async () => {
        const undone = await runStockTasks(undo, changeStocks, () => {}, new AbortController().signal);
        await acceptNow(
          store,
          undo.map(({ row }) => row),
        );
        const [first] = undone.failed;
        if (first !== undefined) {
          throw new Error(`${first.task.row.sku}: ${first.error.detail || first.error.title}`);
        }
      });
    } else if (refused.length === 0) {
      showDone(words.equal(equal.length));
    }
  };

  const keepDifference = (line: CountLine) =>
    line.row === undefined ? undefined : put(movedAlong(line.count, line.row, newIdempotencyKey));

  if (lines.length === 0) {
    return <EmptyState title={texts.stocktake.empty.title} detail={texts.stocktake.empty.detail} />;
  }
  return (
    <Stack>
      {moved.length > 0 && (
        <Alert color="orange" title={words.moved.title(moved.length)}>
          <Text size="sm" mb="xs">
            {words.moved.detail}
          </Text>
          <LineTable
            lines={moved}
            showNow
            action={(line) => (
              <Group gap={4} justify="flex-end">
                <Button size="compact-xs" variant="default" onClick={() => onCountAgain(line.count.sku)}>
                  {words.moved.again}
                </Button>
                <Button size="compact-xs" variant="default" onClick={() => void keepDifference(line)}>
                  {words.moved.keep}
                </Button>
              </Group>
            )}
          />
          {moved.length > 1 && (
            <Button
              size="compact-sm"
              variant="default"
              mt="xs"
              onClick={() => void Promise.all(moved.map(keepDifference))}
            >
              {words.moved.keepAll}
            </Button>
          )}
        </Alert>
      )}
      {unknown.length > 0 && progress === null && (
        <Alert color="orange" title={words.unknown.title(unknown.length)}>
          {words.unknown.detail}
        </Alert>
      )}
      {failed.size > 0 && (
        <Alert color="red" title={words.failed(failed.size)} role="alert">
          {[...failed].map(([sku, error]) => (
            <Text size="sm" key={sku}>
              <span className={classes.sku}>{sku}</span>: {error.detail || error.title}
              {error.code === "adjustment_below_reserved" && (
                <>
                  {" "}
                  <Anchor
                    component={Link}
                    to={address(`/skus/${encodeURIComponent(sku)}`)}
                    size="sm"
                    c="inherit"
                    underline="always"
                  >
                    {words.holders}
                  </Anchor>
                </>
              )}
            </Text>
          ))}
        </Alert>
      )}
      {toBook.length > 0 && (
        <div>
          <Title order={2} size="h5">
            {words.lead(toBook.length, more, fewer)}
          </Title>
          <LineTable
            lines={toBook}
            action={(line) => (
              <Button size="compact-xs" variant="default" onClick={() => onCountAgain(line.count.sku)}>
                {words.moved.again}
              </Button>
            )}
          />
        </div>
      )}
      {equal.length > 0 && (
        <Text size="sm" c="dimmed">
          {toBook.length === 0 && moved.length === 0 ? words.nothing : words.equal(equal.length)}
        </Text>
      )}
      <form onSubmit={(event) => void book(event)} noValidate className="no-print">
        <Group align="flex-start" gap="xs">
          {toBook.length > 0 && (
            <TextInput
              label={words.reason}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
              error={reasonIsWrong ? words.reasonProblem : undefined}
              miw="16rem"
              autoComplete="off"
            />
          )}
          {toBook.length + equal.length > 0 && (
            <Button type="submit" loading={progress !== null} mt={toBook.length > 0 ? "1.6rem" : 0}>
              {toBook.length > 0 ? words.book(toBook.length) : words.finish}
            </Button>
          )}
        </Group>
      </form>
      {progress !== null && (
        <Text size="sm" role="status">
          {words.booking(progress.done, progress.total)}
        </Text>
      )}
      <div className="no-print">
        {discarding ? (
          <Group gap="xs">
            <Text size="sm">{words.discardQuestion(lines.length)}</Text>
            <Button
              size="compact-sm"
              color="red"
              onClick={() => {
                setDiscarding(false);
                void remove(lines.map(({ count }) => count.sku));
              }}
            >
              {words.discard}
            </Button>
            <Button size="compact-sm" variant="default" onClick={() => setDiscarding(false)}>
              {texts.common.cancel}
            </Button>
          </Group>
        ) : (
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            disabled={progress !== null || unknown.length > 0}
            onClick={() => setDiscarding(true)}
          >
            {words.discard}
          </Button>
        )}
      </div>
    </Stack>
  );
}

/** Read SKUs again, so that the list shows them as they are. A booked one is known to the next refresh too. */
async function acceptNow(
  store: InventoryStore,
  names: readonly { product_id: string; sku: string }[],
): Promise<void> {
  const read = async (name: { product_id: string; sku: string }) => store.acceptSku(await readSku(name));
  if (names.length <= 20) {
    await Promise.allSettled(names.map(read));
  } else {
    await store.refresh();
  }
}

interface LineTableProps {
  readonly lines: readonly CountLine[];
  /** Whether the stock of now is shown as well. */
  readonly showNow?: boolean;
  readonly action: (line: CountLine) => React.ReactNode;
}

function LineTable({ lines, showNow = false, action }: LineTableProps) {
  return (
    <WideTable minWidth={340} label={showNow ? words.moved.now : words.title} className={classes.numbers}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{texts.stocktake.list.product}</Table.Th>
          <Table.Th ta="right">{words.counted}</Table.Th>
          <Table.Th ta="right">{words.system}</Table.Th>
          {showNow && <Table.Th ta="right">{words.moved.now}</Table.Th>}
          <Table.Th ta="right">{words.difference}</Table.Th>
          <Table.Th className="no-print">
            <span className="visually-hidden">{texts.stocktake.list.actions}</span>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {lines.map((line) => (
          <Table.Tr key={line.count.sku}>
            <Table.Td>
              {line.row?.product_name ? `${line.row.product_name} · ${line.row.variant_name}` : ""}
              <Text size="xs" c="dimmed" className={classes.sku}>
                {line.count.sku}
              </Text>
            </Table.Td>
            <Table.Td ta="right">{formatQuantity(line.count.counted)}</Table.Td>
            <Table.Td ta="right">{formatQuantity(line.count.seen)}</Table.Td>
            {showNow && <Table.Td ta="right">{formatQuantity(line.row?.current_stock ?? 0)}</Table.Td>}
            <Table.Td ta="right" fw={600}>
              {formatChange(line.difference)}
            </Table.Td>
            <Table.Td ta="right" className="no-print">
              {action(line)}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  );
}
