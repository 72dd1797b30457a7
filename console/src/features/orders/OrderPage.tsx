import { Alert, Button, Group, Loader, Paper, Text } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Fragment, type ReactNode } from "react";
import { Link, useParams } from "react-router";
import type { Order } from "../../shared/api/clients";
import { isProblem } from "../../shared/api/problems";
import { formatQuantity } from "../../shared/format/numbers";
import { usePrincipal } from "../../shared/session/session";
import { useVendorAddress } from "../../shared/session/vendor";
import { texts } from "../../shared/texts/texts";
import columns from "../../shared/ui/Columns.module.css";
import { PageFrame } from "../../shared/ui/PageFrame";
import { Actor } from "../../shared/ui/records";
import { StatusBadge } from "../../shared/ui/StatusBadge";
import { EmptyState, ErrorState, LoadingState } from "../../shared/ui/states";
import { Time } from "../../shared/ui/Time";
import { Actions } from "./Actions";
import { actionsOf, isRunning, totalOf } from "./allowed";
import type { StoredOrder } from "./commands";
import { HoldEnd } from "./HoldEnd";
import { OrderLines } from "./OrderLines";
import { OrderLog } from "./OrderLog";
import classes from "./Orders.module.css";
import { isOrderId } from "./orderId";
import { orderQuery, orderRecordsQuery } from "./queries";
import { ShortLines } from "./ShortLines";
import { KNOWN_STATUSES } from "./status";
import { useNow } from "./useNow";

/** One order: its lines, its log, and what can be done with it. */
export function OrderPage() {
  const { order_id: orderId = "" } = useParams();
  return isOrderId(orderId) ? <KnownOrder key={orderId} orderId={orderId} /> : <NotFound orderId={orderId} />;
}

function KnownOrder({ orderId }: { readonly orderId: string }) {
  const answer = useQuery(orderQuery(orderId));
  if (isProblem(answer.error, "order_not_found")) return <NotFound orderId={orderId} />;
  if (answer.data === undefined) {
    return (
      <PageFrame title={orderId}>
        {answer.isError ? (
          <ErrorState error={answer.error} onRetry={() => void answer.refetch()} />
        ) : (
          <LoadingState />
        )}
      </PageFrame>
    );
  }
  return <Page stored={answer.data} />;
}

function NotFound({ orderId }: { readonly orderId: string }) {
  const { notFound } = texts.orders;
  const address = useVendorAddress();
  const { role } = usePrincipal();
  return (
    <PageFrame title={orderId}>
      <EmptyState
        title={notFound.title(orderId)}
        detail={role === "vendor" ? notFound.detailOfVendor : notFound.detail}
        action={
          role !== "auditor" && (
            <Button component={Link} to={address("/orders")} variant="default">
              {notFound.back}
            </Button>
          )
        }
      />
    </PageFrame>
  );
}

function Page({ stored }: { readonly stored: StoredOrder }) {
  const { order, etag } = stored;
  const words = texts.orders;
  const { role } = usePrincipal();
  const log = useInfiniteQuery(orderRecordsQuery(order.order_id, etag));
  const records = log.data?.pages.flatMap((page) => page.items) ?? [];
  const first = log.hasNextPage ? undefined : records.at(-1);
  return (
    <PageFrame
      title={order.order_id}
      lead={
        <Group gap="xs">
          <StatusBadge status={order.status} known={KNOWN_STATUSES} />
          {order.status === "cancelled" && order.cancel_reason && (
            <span>{words.cancelReasons[order.cancel_reason] ?? order.cancel_reason}</span>
          )}
          {role === "vendor" && <span>{words.ofVendor}</span>}
        </Group>
      }
    >
      {isRunning(order) && (
        <Alert color="orange" role="status" icon={<Loader size={16} />}>
          {words.running}
        </Alert>
      )}
      {order.short_lines && order.short_lines.length > 0 && (
        <Alert color="red" role="alert" title={words.short}>
          <ShortLines lines={order.short_lines} />
        </Alert>
      )}
      <Figures order={order} placedBy={first?.performed_by} />
      <div className={columns.columns}>
        <div className={columns.main}>
          <OrderLines order={order} />
        </div>
        {actionsOf(role).length > 0 && (
          <div className={`${columns.side} ${classes.side}`}>
            <Actions stored={stored} />
          </div>
        )}
      </div>
      <OrderLog
        log={log}
        records={records}
        onRetry={() => void log.refetch()}
        onMore={() => void log.fetchNextPage()}
      />
    </PageFrame>
  );
}

interface FiguresProps {
  readonly order: Order;
  /** Who placed it, once its first record is read. */
  readonly placedBy: string | undefined;
}

function Figures({ order, placedBy }: FiguresProps) {
  const words = texts.orders.facts;
  const now = useNow();
  const sum = (figure: "reserved" | "confirmed" | "cancelled" | "refunded") =>
    formatQuantity(order.lines.reduce((total, line) => total + line[figure], 0));
  const facts: readonly (readonly [string, ReactNode, boolean])[] = [
    [words.reserved, sum("reserved"), true],
    [words.confirmed, sum("confirmed"), true],
    [words.cancelled, sum("cancelled"), true],
    [words.refunded, sum("refunded"), true],
    [words.ends, <HoldEnd key="end" at={holdEndOf(order)} now={now} />, false],
    [words.placed, <Time key="placed" value={order.created_at} />, false],
    [words.placedBy, placedBy && <Actor key="actor" performedBy={placedBy} />, false],
  ];
  return (
    <Paper withBorder p="sm">
      <dl className={classes.facts}>
        {facts.map(([label, value, isFigure]) => (
          <Fragment key={label}>
            {value !== undefined && (
              <div>
                <Text component="dt" size="xs" c="dimmed">
                  {label}
                </Text>
                <Text component="dd" size="sm" className={isFigure ? classes.figure : undefined}>
                  {value}
                </Text>
              </div>
            )}
          </Fragment>
        ))}
      </dl>
    </Paper>
  );
}

/** The end that was set stays stored when nothing is reserved any more; then only an expired hold has ended. */
function holdEndOf(order: Order): string | null {
  const holds = totalOf(order, "confirm") > 0 || order.cancel_reason === "expired";
  return holds ? order.expires_at : null;
}
