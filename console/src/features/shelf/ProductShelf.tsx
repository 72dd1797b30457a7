import { Button, Checkbox, Group, SimpleGrid, Skeleton, Text } from "@mantine/core";
import { useInfiniteQuery, useQueries } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "react-router";
import type { Product } from "../../shared/api/clients";
import { texts } from "../../shared/texts/texts";
import { EmptyState, ErrorState } from "../../shared/ui/states";
import type { ShelfStock } from "./availability";
import { ProductCard } from "./ProductCard";
import { ProductDialog } from "./ProductDialog";
import { availabilityQuery, productsQuery } from "./queries";

const COLUMNS = { base: 2, sm: 2, md: 3, lg: 4, xl: 5 };
const SKELETONS = ["a", "b", "c", "d", "e", "f", "g", "h"];

/** The products of a category, page by page, with what can be ordered of them. */
export function ProductShelf({ category }: { readonly category: string }) {
  const words = texts.shelf;
  const [parameters, setParameters] = useSearchParams();
  const [inStockOnly, setInStockOnly] = useState(false);
  const pages = useInfiniteQuery(productsQuery(category));
  const products = pages.data?.pages.flatMap((page) => page.items) ?? [];
  const answers = useQueries({
    queries: (pages.data?.pages ?? []).map((page) =>
      availabilityQuery(page.items.map((product) => product.product_id)),
    ),
  });
  const stock = new Map(answers.flatMap((answer) => [...(answer.data ?? [])]));
  const failed = answers.find((answer) => answer.isError);
  if (pages.isPending) {
    return (
      <SimpleGrid cols={COLUMNS} spacing="sm" aria-busy role="status" aria-label={texts.common.loading}>
        {SKELETONS.map((key) => (
          <Skeleton key={key} height={230} />
        ))}
      </SimpleGrid>
    );
  }
  if (pages.isError && products.length === 0) {
    return <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />;
  }
  if (products.length === 0 && !pages.hasNextPage) {
    return <EmptyState title={words.noProducts} detail={words.noProductsHint} />;
  }
  const shown = inStockOnly
    ? products.filter((product) => isInStock(stock.get(product.product_id)))
    : products;
  /** Frames are left out where no product fills one. */
  const hasPictures = products.some((product) => product.images !== null && product.images.length > 0);
  const chosen = products.find((product) => product.product_id === parameters.get("product"));
  const choose = (product: Product | null) => {
    const changed = new URLSearchParams(parameters);
    if (product) changed.set("product", product.product_id);
    else changed.delete("product");
    setParameters(changed, { replace: product === null, preventScrollReset: true });
  };
  return (
    <>
      <Group justify="space-between" mb="sm">
        <Text size="sm" c="dimmed" role="status">
          {words.shownOf(products.length, !pages.hasNextPage)}
          {shown.length < products.length && ` ${words.hidden(products.length - shown.length)}`}
        </Text>
        <Checkbox
          size="sm"
          label={words.inStockOnly}
          checked={inStockOnly}
          onChange={(event) => setInStockOnly(event.currentTarget.checked)}
        />
      </Group>
      {failed && (
        <Group gap="xs" mb="sm" role="alert">
          <Text size="sm" c="var(--mantine-color-error)">
            {words.availabilityFailed}
          </Text>
          <Button size="compact-sm" variant="default" onClick={() => void failed.refetch()}>
            {texts.common.retry}
          </Button>
        </Group>
      )}
      {shown.length === 0 ? (
        <EmptyState
          title={words.noneInStock}
          detail={words.noneInStockHint}
          action={
            <Button variant="default" onClick={() => setInStockOnly(false)}>
              {words.showAll}
            </Button>
          }
        />
      ) : (
        <SimpleGrid cols={COLUMNS} spacing="sm">
          {shown.map((product) => (
            <ProductCard
              key={product.product_id}
              product={product}
              stock={stock.get(product.product_id)}
              hasFrame={hasPictures}
              onOpen={() => choose(product)}
            />
          ))}
        </SimpleGrid>
      )}
      {pages.isError && <ErrorState error={pages.error} onRetry={() => void pages.fetchNextPage()} />}
      {pages.hasNextPage && !pages.isError && (
        <Group justify="center" mt="md">
          <Button
            variant="default"
            loading={pages.isFetchingNextPage}
            onClick={() => void pages.fetchNextPage()}
          >
            {words.showMore}
          </Button>
        </Group>
      )}
      {chosen && (
        <ProductDialog product={chosen} stock={stock.get(chosen.product_id)} onClose={() => choose(null)} />
      )}
    </>
  );
}

function isInStock(stock: ShelfStock | undefined): boolean {
  return stock?.state === "in_stock" || stock?.state === "few";
}
