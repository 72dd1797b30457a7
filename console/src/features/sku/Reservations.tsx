import { Paper, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Sku } from "../../shared/api/clients";
import { formatQuantity } from "../../shared/format/numbers";
import { texts } from "../../shared/texts/texts";
import { OrderId } from "../../shared/ui/records";
import { ErrorState, LoadingState } from "../../shared/ui/states";
import { Time } from "../../shared/ui/Time";
import { reservationsQuery } from "./queries";
import classes from "./Sku.module.css";

/** Which orders hold units of the SKU now. */
export function Reservations({ sku }: { readonly sku: Sku }) {
  const words = texts.sku.reservations;
  const answer = useQuery(reservationsQuery(sku.sku, sku.sequence));
  const held = answer.data?.reservations ?? [];
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="reservations">
      <Title order={2} size="h5" id="reservations" mb="xs">
        {words.title}
      </Title>
      {answer.isPending && <LoadingState />}
      {answer.isError && <ErrorState error={answer.error} onRetry={() => void answer.refetch()} />}
      {answer.data && held.length === 0 && answer.data.unaccounted === 0 && (
        <Text size="sm" c="dimmed">
          {words.none}
        </Text>
      )}
      {held.length > 0 && (
        // The keyboard has to scroll what is wider than the column.
        <section className={classes.scroll} aria-label={words.orders} tabIndex={0}>
          <Table verticalSpacing={4} horizontalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.order}</Table.Th>
                <Table.Th ta="right">{words.units}</Table.Th>
                <Table.Th>{words.expires}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {held.map((reservation) => (
                <Table.Tr key={reservation.order_id}>
                  <Table.Td>
                    <OrderId orderId={reservation.order_id} />
                  </Table.Td>
                  <Table.Td className={classes["number-cell"]}>
                    {formatQuantity(reservation.quantity)}
                  </Table.Td>
                  <Table.Td>
                    {reservation.expires_at ? <Time value={reservation.expires_at} /> : words.never}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </section>
      )}
      {answer.data && answer.data.unaccounted > 0 && (
        <Text size="sm" c="dimmed" mt="xs">
          {words.unaccounted(formatQuantity(answer.data.unaccounted))}
        </Text>
      )}
    </Paper>
  );
}
