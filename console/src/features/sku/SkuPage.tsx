import { Anchor, Badge, Button, Group, Paper, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link, useParams } from "react-router";
import type { Product, Sku } from "../../shared/api/clients";
import { isProblem } from "../../shared/api/problems";
import { formatMoney, formatQuantity } from "../../shared/format/numbers";
import { productIdOf } from "../../shared/inventory/skuId";
import { useVendorAddress, useVendorOf } from "../../shared/session/vendor";
import { texts } from "../../shared/texts/texts";
import columns from "../../shared/ui/Columns.module.css";
import { PageFrame } from "../../shared/ui/PageFrame";
import { Picture } from "../../shared/ui/Picture";
import { EmptyState, ErrorState, LoadingState } from "../../shared/ui/states";
import { Time } from "../../shared/ui/Time";
import { Activity } from "./Activity";
import { DetailsForm } from "./DetailsForm";
import { productQuery, skuQuery } from "./queries";
import { Reservations } from "./Reservations";
import classes from "./Sku.module.css";
import { StockActions } from "./StockActions";

/** One SKU: its stock, how it came to be, who holds units of it, and what its vendor may change. */
export function SkuPage() {
  const { sku = "" } = useParams();
  const productId = productIdOf(sku);
  return productId === null ? <NotFound sku={sku} /> : <KnownSku key={sku} sku={sku} productId={productId} />;
}

function KnownSku({ sku, productId }: { readonly sku: string; readonly productId: string }) {
  const stored = useQuery(skuQuery(productId, sku));
  const product = useQuery({ ...productQuery(productId), enabled: stored.data !== undefined });
  useVendorOf(stored.data);
  if (isProblem(stored.error, "sku_not_found", "product_not_found")) return <NotFound sku={sku} />;
  if (stored.data === undefined) {
    return (
      <PageFrame title={sku}>
        {stored.isError ? (
          <ErrorState error={stored.error} onRetry={() => void stored.refetch()} />
        ) : (
          <LoadingState />
        )}
      </PageFrame>
    );
  }
  return <Page sku={stored.data} product={product.data} />;
}

function NotFound({ sku }: { readonly sku: string }) {
  const { notFound, toInventory } = texts.sku;
  const address = useVendorAddress();
  return (
    <PageFrame title={sku}>
      <EmptyState
        title={notFound.title}
        detail={notFound.detail}
        action={
          <Button component={Link} to={address("/inventory")} variant="default">
            {toInventory}
          </Button>
        }
      />
    </PageFrame>
  );
}

function Page({ sku, product }: { readonly sku: Sku; readonly product: Product | undefined }) {
  const address = useVendorAddress();
  const name = product?.product_name ?? sku.product_id;
  return (
    <PageFrame
      title={`${name} · ${sku.variant_name}`}
      lead={
        <Group gap="xs">
          <Anchor component={Link} to={address(`/products/${sku.product_id}`)} size="sm">
            {name}
          </Anchor>
          <Text span size="sm" ff="monospace">
            {sku.sku}
          </Text>
          <Badges sku={sku} />
        </Group>
      }
      actions={<StockActions sku={sku} />}
    >
      <Figures sku={sku} product={product} />
      <div className={columns.columns}>
        <Stack gap="md" className={columns.main}>
          <Activity sku={sku} />
        </Stack>
        <Stack gap="md" className={columns.side}>
          <Reservations sku={sku} />
          <DetailsForm sku={sku} />
        </Stack>
      </div>
    </PageFrame>
  );
}

function Badges({ sku }: { readonly sku: Sku }) {
  const { badges } = texts.sku;
  const isOffered = sku.is_active && sku.product_is_active;
  const shown = [
    sku.is_active ? null : ["gray", badges.inactive],
    sku.product_is_active ? null : ["gray", badges.productInactive],
    isOffered && sku.available_stock === 0 ? ["red", badges.out] : null,
    isOffered && sku.low_stock_flag ? ["orange", badges.low] : null,
  ].filter((badge) => badge !== null);
  return shown.map(([color, label]) => (
    <Badge key={label} variant="light" color={color} tt="none" radius="sm">
      {label}
    </Badge>
  ));
}

function Figures({ sku, product }: { readonly sku: Sku; readonly product: Product | undefined }) {
  const words = texts.sku;
  const figures = [
    [words.available, formatQuantity(sku.available_stock)],
    [words.reserved, formatQuantity(sku.reserved_stock)],
    [words.onHand, formatQuantity(sku.current_stock)],
    [words.threshold, formatQuantity(sku.reorder_threshold)],
    [words.price, formatMoney(sku.unit_price)],
  ];
  return (
    <Paper withBorder p="sm">
      <div className={classes.figures}>
        <Picture src={product?.images?.[0]} size={64} />
        <dl className={classes.numbers}>
          {figures.map(([label, value], index) => (
            <div key={label}>
              <Text component="dt" size="xs" c="dimmed">
                {label}
              </Text>
              <Text component="dd" className={classes.number} data-first={index === 0 || undefined}>
                {value}
              </Text>
            </div>
          ))}
        </dl>
        <dl className={classes.facts}>
          <Fact label={words.barcode} value={sku.barcode} />
          <Fact label={words.ownId} value={product?.external_id ?? null} />
          <Fact label={words.updated} value={<Time value={sku.last_updated} />} />
        </dl>
      </div>
    </Paper>
  );
}

function Fact({ label, value }: { readonly label: string; readonly value: ReactNode }) {
  return (
    <div className={classes.fact}>
      <Text component="dt" size="xs" c="dimmed">
        {label}
      </Text>
      <Text component="dd" size="xs" style={{ overflowWrap: "anywhere" }}>
        {value ?? texts.common.none}
      </Text>
    </div>
  );
}
