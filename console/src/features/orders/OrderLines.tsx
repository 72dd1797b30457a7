import { Paper, Stack, Table, Text, Title } from "@mantine/core";
import type { Order, OrderLine } from "../../shared/api/clients";
import { formatQuantity } from "../../shared/format/numbers";
import { usePrincipal } from "../../shared/session/session";
import { texts } from "../../shared/texts/texts";
import classes from "./Orders.module.css";
import { SkuLink } from "./SkuName";
import { useShownLines } from "./useShownLines";

const FIGURES = ["placed", "reserved", "confirmed", "cancelled", "refunded"] as const;

/** The lines of an order with the units of each; on a narrow page as blocks. */
export function OrderLines({ order }: { readonly order: Order }) {
  const words = texts.orders.table;
  const { role } = usePrincipal();
  const { shown, search, more } = useShownLines(order.lines);
  const showsVendor = role !== "vendor";
  const hasReasons = order.lines.some(({ reason, notes }) => reason !== null || notes !== null);
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="lines">
      <div className={classes.head}>
        <Title order={2} size="h5" id="lines">
          {words.title}
        </Title>
        {search}
      </div>
      {order.lines.length === 0 && (
        <Text size="sm" c="dimmed">
          {words.none}
        </Text>
      )}
      <Stack gap="xs">
        {shown.length > 0 && (
          // The keyboard has to scroll what is wider than the page.
          <section className={classes.scroll} aria-label={words.table} tabIndex={0}>
            <Table
              verticalSpacing={6}
              horizontalSpacing="xs"
              className={`${classes.table} ${classes.blocks}`}
            >
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{words.sku}</Table.Th>
                  {FIGURES.map((figure) => (
                    <Table.Th key={figure} className={classes.number}>
                      {words[figure]}
                    </Table.Th>
                  ))}
                  {hasReasons && <Table.Th>{words.why}</Table.Th>}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {shown.map((line) => (
                  <Table.Tr key={line.sku}>
                    <Table.Td className={classes.text}>
                      <SkuLink productId={line.product_id} sku={line.sku} vendorId={line.vendor_id} />
                      {showsVendor && (
                        <Text size="xs" c="dimmed">
                          {line.vendor_id}
                        </Text>
                      )}
                    </Table.Td>
                    {FIGURES.map((figure) => (
                      <Figure key={figure} label={words[figure]} units={line[figure]} />
                    ))}
                    {hasReasons && <Table.Td className={classes.text}>{whyOf(line)}</Table.Td>}
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </section>
        )}
        {more}
      </Stack>
    </Paper>
  );
}

function Figure({ label, units }: { readonly label: string; readonly units: number }) {
  return (
    <Table.Td className={`${classes.number} ${units === 0 ? classes.zero : ""}`}>
      <span className={classes.narrowOnly}>{label} </span>
      {formatQuantity(units)}
    </Table.Td>
  );
}

function whyOf({ reason, notes }: OrderLine): string {
  return [reason, notes].filter(Boolean).join(": ");
}
