import { Button, CloseButton, Paper, Table, Text, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useEffect, useId, useState } from "react";
import { isProblem } from "../../shared/api/problems";
import { formatQuantity } from "../../shared/format/numbers";
import { productIdOf } from "../../shared/inventory/skuId";
import { usePrincipal } from "../../shared/session/session";
import { texts } from "../../shared/texts/texts";
import { OrderId } from "../../shared/ui/records";
import { StatusBadge } from "../../shared/ui/StatusBadge";
import { ErrorState, LoadingState } from "../../shared/ui/states";
import { Time } from "../../shared/ui/Time";
import { skuOf } from "./changes";
import { HoldEnd } from "./HoldEnd";
import classes from "./Orders.module.css";
import { REFRESH_MILLISECONDS, reservationsQuery, skuQuery } from "./queries";
import { SkuName } from "./SkuName";
import { useNow } from "./useNow";

interface AskProps {
  /** The SKU of the address; empty for none. */
  readonly sku: string;
  readonly onAsk: (sku: string) => void;
}

/** Ask which orders hold units of a SKU. */
export function AskReservations({ sku, onAsk }: AskProps) {
  const words = texts.orders.held;
  const [typed, setTyped] = useState(sku);
  const [isWrong, setWrong] = useState(false);
  useEffect(() => setTyped(sku), [sku]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const asked = skuOf(typed);
    setWrong(productIdOf(asked) === null);
    if (productIdOf(asked) !== null) onAsk(asked);
  };
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="held">
      <Title order={2} size="h5" id="held" mb="xs">
        {words.title}
      </Title>
      <form onSubmit={submit} noValidate className={classes.ask}>
        <TextInput
          label={words.label}
          placeholder={words.placeholder}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setWrong(false);
          }}
          error={isWrong && words.invalid}
          errorProps={{ role: "alert" }}
          autoCapitalize="characters"
          spellCheck={false}
        />
        <Button type="submit" variant="default" className={classes.askButton}>
          {words.show}
        </Button>
      </form>
    </Paper>
  );
}

/** What an order could reserve of it now. */
function StockNow({ sku }: { readonly sku: string }) {
  const words = texts.orders.held;
  const productId = productIdOf(sku) ?? "";
  const { data } = useQuery({ ...skuQuery(productId, sku), refetchInterval: REFRESH_MILLISECONDS });
  if (data === undefined) return null;
  const isOffered = data.is_active && data.product_is_active;
  return (
    <Text size="sm" mt={4}>
      {words.stock(data.available_stock, data.current_stock)}
      {!isOffered && (
        <>
          {" "}
          <StatusBadge status={data.is_active ? words.productInactive : texts.common.inactive} />{" "}
          {words.notOffered}
        </>
      )}
    </Text>
  );
}

interface Props {
  readonly sku: string;
  readonly onClose: () => void;
}

/** The orders that hold units of a SKU now, the oldest first. */
export function SkuReservations({ sku, onClose }: Props) {
  const words = texts.orders.held;
  const { role } = usePrincipal();
  const id = useId();
  const now = useNow();
  const answer = useQuery(reservationsQuery(sku));
  const held = answer.data?.reservations ?? [];
  const isUnknown = isProblem(answer.error, "sku_not_found", "invalid_input");
  return (
    <Paper withBorder p="md" component="section" aria-labelledby={id}>
      <div className={classes.headline}>
        <Title order={2} size="h5" id={id} style={{ overflowWrap: "anywhere" }}>
          {words.resultTitle(sku)}
        </Title>
        <CloseButton aria-label={words.clear} onClick={onClose} />
      </div>
      {answer.isPending && <LoadingState />}
      {isUnknown && (
        <Text size="sm" role="alert">
          {role === "vendor" ? words.unknownOfVendor(sku) : words.unknown(sku)}
        </Text>
      )}
      {answer.isError && !isUnknown && !answer.data && (
        <ErrorState error={answer.error} onRetry={() => void answer.refetch()} />
      )}
      {answer.data && !isUnknown && (
        <>
          <SkuName productId={productIdOf(sku) ?? ""} sku={sku} />
          <StockNow sku={sku} />
          <Text size="sm" c="dimmed" mt={4} role="status">
            {held.length === 0 && answer.data.unaccounted === 0
              ? words.none
              : words.total(answer.data.reserved_stock, held.length)}
          </Text>
        </>
      )}
      {held.length > 0 && !isUnknown && (
        // The keyboard has to scroll what is wider than the page.
        <section className={classes.scroll} aria-label={words.table} tabIndex={0}>
          <Table verticalSpacing={6} horizontalSpacing="xs" className={`${classes.table} ${classes.blocks}`}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{texts.orders.due.order}</Table.Th>
                <Table.Th className={classes.number}>{texts.orders.due.reserved}</Table.Th>
                <Table.Th>{texts.orders.due.ends}</Table.Th>
                <Table.Th>{texts.orders.due.placed}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {held.map(({ order_id, quantity, expires_at, placed_at }) => (
                <Table.Tr key={order_id}>
                  <Table.Td className={classes.text}>
                    <OrderId orderId={order_id} />
                  </Table.Td>
                  <Table.Td className={classes.number}>
                    <span className={classes.narrowOnly}>{texts.orders.due.reserved} </span>
                    {formatQuantity(quantity)}
                  </Table.Td>
                  <Table.Td>
                    <HoldEnd at={expires_at} now={now} />
                  </Table.Td>
                  <Table.Td className={`${classes.time} ${classes.wideOnly}`}>
                    <Time value={placed_at} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </section>
      )}
      {answer.data && answer.data.unaccounted > 0 && (
        <Text size="sm" c="dimmed" mt="xs">
          {words.unaccounted(answer.data.unaccounted)}
        </Text>
      )}
    </Paper>
  );
}
