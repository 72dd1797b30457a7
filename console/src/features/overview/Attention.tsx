import { Anchor, Badge, Paper, Text, Title } from "@mantine/core";
import { useMemo } from "react";
import { Link } from "react-router";
import { formatQuantity } from "../../shared/format/numbers";
import type { InventoryRow } from "../../shared/inventory/rows";
import { useVendorAddress } from "../../shared/session/vendor";
import { texts } from "../../shared/texts/texts";
import { Picture } from "../../shared/ui/Picture";
import { EmptyState, LoadingState } from "../../shared/ui/states";
import classes from "./Overview.module.css";
import { type Attention as AttentionItem, attentionOf, type Summary } from "./summary";

const SHOWN = 8;

interface Props {
  readonly rows: readonly InventoryRow[];
  readonly soldPerDay: ReadonlyMap<string, number>;
  readonly summary: Summary;
  readonly isComplete: boolean;
}

/** What is out of stock or low, most urgent first. */
export function Attention({ rows, soldPerDay, summary, isComplete }: Props) {
  const words = texts.overview.attention;
  const address = useVendorAddress();
  const items = useMemo(() => attentionOf(rows, soldPerDay), [rows, soldPerDay]);
  const hasMore = items.length > SHOWN;
  return (
    <Paper withBorder component="section" className={classes.panel} aria-labelledby="attention">
      <Title order={2} size="h5" id="attention" mb="xs">
        {words.title}
      </Title>
      {items.length === 0 &&
        (isComplete ? <EmptyState title={words.none} detail={words.noneHint} /> : <LoadingState />)}
      <ul className={classes.items}>
        {items.slice(0, SHOWN).map((item) => (
          <li key={item.row.sku}>
            <Link to={address(`/skus/${item.row.sku}`)} className={classes.item}>
              <Picture src={item.row.picture} size={36} />
              <span className={classes.names}>
                <Text component="span" size="sm" fw={500} className={classes.name}>
                  {item.row.product_name || item.row.product_id}
                </Text>
                <Text component="span" size="xs" c="dimmed" className={classes.name}>
                  {item.row.variant_name}
                </Text>
              </span>
              <State item={item} />
            </Link>
          </li>
        ))}
      </ul>
      {hasMore && (
        <Anchor
          component={Link}
          size="sm"
          mt="xs"
          to={address(summary.low > 0 ? "/inventory?show=low" : "/inventory?show=out")}
        >
          {summary.low > 0 ? words.onlyLow : words.more(formatQuantity(summary.out))}
        </Anchor>
      )}
    </Paper>
  );
}

function State({ item }: { readonly item: AttentionItem<InventoryRow> }) {
  const words = texts.overview.attention;
  const { row, kind, days } = item;
  const hint =
    kind === "low" && days !== null
      ? words.lasts(words.days(days))
      : row.reserved_stock > 0 && kind === "out"
        ? `${formatQuantity(row.reserved_stock)} reserved`
        : words.threshold(formatQuantity(row.reorder_threshold));
  return (
    <span className={classes.state}>
      <Badge component="span" variant="light" color={kind === "out" ? "red" : "orange"} tt="none" radius="sm">
        {kind === "out" ? words.out : words.available(formatQuantity(row.available_stock))}
      </Badge>
      <Text component="span" size="xs" c="dimmed">
        {hint}
      </Text>
    </span>
  );
}
