import { Button, Group, Paper, Text, Title } from "@mantine/core";
import type { UseInfiniteQueryResult } from "@tanstack/react-query";
import { productIdOf } from "../../shared/inventory/skuId";
import { texts } from "../../shared/texts/texts";
import { RecordTable } from "../../shared/ui/records";
import { ErrorState, LoadingState } from "../../shared/ui/states";
import type { OrderRecord } from "./queries";
import { SkuLink } from "./SkuName";

interface Props {
  readonly log: Pick<
    UseInfiniteQueryResult,
    "isPending" | "isError" | "error" | "hasNextPage" | "isFetchingNextPage"
  >;
  readonly records: readonly OrderRecord[];
  readonly onRetry: () => void;
  readonly onMore: () => void;
}

/** What happened to an order, newest first. */
export function OrderLog({ log, records, onRetry, onMore }: Props) {
  const words = texts.orders.log;
  // The order's own id says nothing on its page.
  const shown = records.map((record) => ({ ...record, order_id: null }));
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="log">
      <Title order={2} size="h5" id="log" mb="xs">
        {words.title}
      </Title>
      {log.isPending && <LoadingState />}
      {log.isError && records.length === 0 && <ErrorState error={log.error} onRetry={onRetry} />}
      {!log.isPending && !log.isError && records.length === 0 && (
        <Text size="sm" c="dimmed">
          {words.none}
        </Text>
      )}
      {records.length > 0 && (
        <RecordTable
          records={shown}
          skuOf={({ sku, vendor_id }) => (
            <SkuLink productId={productIdOf(sku) ?? ""} sku={sku} vendorId={vendor_id} />
          )}
        />
      )}
      {log.hasNextPage && (
        <Group justify="flex-end" mt="xs">
          <Button size="compact-sm" variant="default" loading={log.isFetchingNextPage} onClick={onMore}>
            {words.showMore}
          </Button>
        </Group>
      )}
    </Paper>
  );
}
