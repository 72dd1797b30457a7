import { Button, Group, Paper, SegmentedControl, Table, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import type { Order } from "../../shared/api/clients";
import { formatQuantity } from "../../shared/format/numbers";
import { texts } from "../../shared/texts/texts";
import { OrderId } from "../../shared/ui/records";
import { StatusBadge } from "../../shared/ui/StatusBadge";
import { EmptyState, ErrorState, LoadingState } from "../../shared/ui/states";
import { Time } from "../../shared/ui/Time";
import { totalOf } from "./allowed";
import { HORIZONS, type Horizon, soonestFirst } from "./due";
import { HoldEnd } from "./HoldEnd";
import classes from "./Orders.module.css";
import { dueQuery } from "./queries";
import { KNOWN_STATUSES } from "./status";
import { useNow } from "./useNow";

const ROWS = 25;
/** So many pages are read by themselves: the service's order is not by time over all of them. */
const PAGES_READ = 5;

interface Props {
  readonly horizon: Horizon;
  readonly onHorizon: (horizon: Horizon) => void;
}

/** The orders whose hold has ended or ends soon. */
export function DueOrders({ horizon, onHorizon }: Props) {
  const words = texts.orders.due;
  const due = useInfiniteQuery(dueQuery(HORIZONS[horizon]));
  const [rows, setRows] = useState(ROWS);
  const orders = useMemo(() => soonestFirst(due.data?.pages.flatMap((page) => page.items) ?? []), [due.data]);
  const pages = due.data?.pages.length ?? 0;
  const { hasNextPage, isFetching, isError, fetchNextPage } = due;
  useEffect(() => {
    if (pages < PAGES_READ && hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [pages, hasNextPage, isFetching, isError, fetchNextPage]);
  const shown = orders.slice(0, rows);
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="due">
      <div className={classes.head}>
        <Title order={2} size="h5" id="due">
          {words.title}
        </Title>
        <div className={classes.horizons}>
          <SegmentedControl
            size="xs"
            aria-label={words.horizon}
            value={horizon}
            onChange={(value) => {
              setRows(ROWS);
              onHorizon(value as Horizon);
            }}
            data={Object.keys(HORIZONS).map((value) => ({ value, label: words.horizons[value as Horizon] }))}
          />
        </div>
      </div>
      {due.isPending && <LoadingState />}
      {due.isError && orders.length === 0 && (
        <ErrorState error={due.error} onRetry={() => void due.refetch()} />
      )}
      {due.isError && orders.length > 0 && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {words.stale}
        </Text>
      )}
      {due.data && !hasNextPage && orders.length === 0 && (
        <EmptyState title={words.none[horizon]} detail={words.noneHint} />
      )}
      {shown.length > 0 && <DueTable orders={shown} />}
      {(orders.length > 0 || hasNextPage) && (
        <Group justify="space-between" mt="xs">
          <Text size="xs" c="dimmed" role="status">
            {words.shown(shown.length, orders.length, hasNextPage)}
          </Text>
          <Group gap="xs">
            {rows < orders.length && (
              <Button size="compact-sm" variant="default" onClick={() => setRows(rows + ROWS)}>
                {words.showMore}
              </Button>
            )}
            {hasNextPage && pages >= PAGES_READ && (
              <Button
                size="compact-sm"
                variant="default"
                loading={due.isFetchingNextPage}
                onClick={() => void fetchNextPage()}
              >
                {words.readMore}
              </Button>
            )}
          </Group>
        </Group>
      )}
    </Paper>
  );
}

function DueTable({ orders }: { readonly orders: readonly Order[] }) {
  const words = texts.orders.due;
  const now = useNow();
  return (
    // The keyboard has to scroll what is wider than the page.
    <section className={classes.scroll} aria-label={words.table} tabIndex={0}>
      <Table verticalSpacing={6} horizontalSpacing="xs" className={`${classes.table} ${classes.blocks}`}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.order}</Table.Th>
            <Table.Th>{words.ends}</Table.Th>
            <Table.Th>{words.status}</Table.Th>
            <Table.Th className={classes.number}>{words.reserved}</Table.Th>
            <Table.Th className={classes.number}>{words.lines}</Table.Th>
            <Table.Th>{words.placed}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {orders.map((order) => (
            <Table.Tr key={order.order_id}>
              <Table.Td className={classes.text}>
                <OrderId orderId={order.order_id} />
              </Table.Td>
              <Table.Td>
                <HoldEnd at={order.expires_at} now={now} />
              </Table.Td>
              <Table.Td>
                <StatusBadge status={order.status} known={KNOWN_STATUSES} />
              </Table.Td>
              <Table.Td className={classes.number}>
                <span className={classes.narrowOnly}>{words.reserved} </span>
                {formatQuantity(totalOf(order, "confirm"))}
              </Table.Td>
              <Table.Td className={`${classes.number} ${classes.wideOnly}`}>
                {formatQuantity(order.lines.length)}
              </Table.Td>
              <Table.Td className={`${classes.time} ${classes.wideOnly}`}>
                <Time value={order.created_at} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
