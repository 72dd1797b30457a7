import { Anchor, Paper, Title } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link } from "react-router";
import type { InventoryRow } from "../../shared/inventory/rows";
import { useVendorAddress } from "../../shared/session/vendor";
import { texts } from "../../shared/texts/texts";
import { RecordTable } from "../../shared/ui/records";
import classes from "./Overview.module.css";
import type { NewestLog } from "./queries";

const SHOWN = 15;

interface Props {
  readonly log: UseQueryResult<NewestLog>;
  readonly rows: readonly InventoryRow[];
}

/** What happened last, in any SKU. */
export function NewestRecords({ log, rows }: Props) {
  const words = texts.overview.newest;
  const address = useVendorAddress();
  const shown = log.data?.records.slice(0, SHOWN) ?? [];
  const bySku = useMemo(() => new Map(rows.map((row) => [row.sku, row])), [rows]);
  if (shown.length === 0) return null;
  return (
    <Paper withBorder component="section" className={classes.panel} aria-labelledby="newest">
      <Title order={2} size="h5" id="newest" mb="xs">
        {words.title}
      </Title>
      <RecordTable
        records={shown}
        skuOf={({ sku }) => {
          const row = bySku.get(sku);
          return (
            <Anchor component={Link} size="sm" to={address(`/skus/${sku}`)}>
              {row?.product_name ? `${row.product_name} · ${row.variant_name}` : sku}
            </Anchor>
          );
        }}
      />
    </Paper>
  );
}
