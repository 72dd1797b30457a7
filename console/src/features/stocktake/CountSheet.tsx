import { Switch, Table, Text } from "@mantine/core";
import { useMemo, useState } from "react";
import { formatDay } from "../../shared/format/times";
import type { InventoryRow } from "../../shared/inventory/rows";
import { texts } from "../../shared/texts/texts";
import { PrintPage } from "../../shared/ui/PrintPage";
import { EmptyState } from "../../shared/ui/states";
import type { CountedSku } from "./counts";
import classes from "./Stocktake.module.css";

const words = texts.stocktake.sheet;
const { columns } = texts.inventory;

interface Props {
  readonly rows: readonly InventoryRow[];
  readonly complete: boolean;
  readonly counts: readonly CountedSku[];
  readonly back: string;
}

/** A list to print and write counts on. It does not say what the system has, so that nobody copies it. */
export function CountSheet({ rows, complete, counts, back }: Props) {
  const [onlyRest, setOnlyRest] = useState(false);
  const listed = useMemo(() => {
    const counted = new Set(counts.map(({ sku }) => sku));
    const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
    return rows
      .filter(({ sku }) => !onlyRest || !counted.has(sku))
      .sort(
        (a, b) =>
          collator.compare(a.product_name, b.product_name) ||
          collator.compare(a.variant_name, b.variant_name) ||
          (a.sku < b.sku ? -1 : 1),
      );
  }, [rows, counts, onlyRest]);
  return (
    <PrintPage
      title={words.title}
      lead={
        complete
          ? words.lead(listed.length, formatDay(new Date().toISOString()))
          : texts.stocktake.reading(rows.length)
      }
      back={back}
      backLabel={words.back}
      isReady={complete && listed.length > 0}
    >
      {counts.length > 0 && (
        <Switch
          className="no-print"
          label={words.notCounted}
          checked={onlyRest}
          onChange={(event) => setOnlyRest(event.currentTarget.checked)}
          mb="sm"
        />
      )}
      {listed.length === 0 ? (
        <EmptyState title={words.empty} />
      ) : (
        <Table className={classes.numbers} verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{columns.product}</Table.Th>
              <Table.Th className={classes.optional}>{columns.ownId}</Table.Th>
              <Table.Th className={classes.optional}>{columns.barcode}</Table.Th>
              <Table.Th className={classes.box}>{words.counted}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {listed.map((row) => (
              <Table.Tr key={row.sku}>
                <Table.Td>
                  {row.product_name} · {row.variant_name}
                  <Text size="xs" c="dimmed" className={classes.sku}>
                    {row.sku}
                  </Text>
                </Table.Td>
                <Table.Td className={classes.optional}>{row.external_id}</Table.Td>
                <Table.Td className={classes.optional}>{row.barcode}</Table.Td>
                <Table.Td className={classes.box} />
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </PrintPage>
  );
}
