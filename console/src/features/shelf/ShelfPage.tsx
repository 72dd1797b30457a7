import { Button, Card, Drawer, Group, ScrollArea, SimpleGrid, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { Link, useSearchParams } from "react-router";
import { texts } from "../../shared/texts/texts";
import { PageFrame } from "../../shared/ui/PageFrame";
import { EmptyState, ErrorState, LoadingState } from "../../shared/ui/states";
import { CategoryTree, categoryAddress } from "./CategoryTree";
import { ProductShelf } from "./ProductShelf";
import { categoriesQuery } from "./queries";
import classes from "./Shelf.module.css";
import { type Category, treeOf } from "./tree";

/** What customers see: categories, and the products of one, in stock or not. Nobody has to sign in. */
export function ShelfPage() {
  const words = texts.shelf;
  const [parameters] = useSearchParams();
  const category = parameters.get("category");
  const categories = useQuery(categoriesQuery);
  const [opened, { open, close }] = useDisclosure();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the drawer closes when a category was chosen.
  useEffect(close, [category]);
  const tree = <CategoryTree branches={treeOf(categories.data ?? [])} chosen={category} />;
  return (
    <PageFrame
      title={category ?? words.title}
      lead={words.intro}
      actions={
        <Button variant="default" onClick={open} hiddenFrom="sm">
          {words.categories}
        </Button>
      }
    >
      {categories.isPending && <LoadingState />}
      {categories.isError && (
        <ErrorState error={categories.error} onRetry={() => void categories.refetch()} />
      )}
      {categories.data?.length === 0 && category === null && (
        <EmptyState title={words.noCategories} detail={words.noCategoriesHint} />
      )}
      {categories.data && (categories.data.length > 0 || category !== null) && (
        <div className={classes.page}>
          <nav className={classes.tree} aria-label={words.categories}>
            {tree}
          </nav>
          <div className={classes.products}>
            {category === null ? (
              <CategoryTiles categories={categories.data} />
            ) : (
              <ProductShelf key={category} category={category} />
            )}
          </div>
        </div>
      )}
      <Drawer
        opened={opened}
        onClose={close}
        title={words.categories}
        size="xs"
        scrollAreaComponent={ScrollArea.Autosize}
        closeButtonProps={{ "aria-label": texts.common.close }}
      >
        <nav aria-label={words.categories}>{tree}</nav>
      </Drawer>
    </PageFrame>
  );
}

function CategoryTiles({ categories }: { readonly categories: readonly Category[] }) {
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 4 }} spacing="sm">
      {categories.map(({ category, active_products }) => (
        <Card
          key={category}
          component={Link}
          to={categoryAddress(category)}
          withBorder
          className={classes.tile}
        >
          <Text fw={600} style={{ overflowWrap: "anywhere" }}>
            {category}
          </Text>
          <Group gap={4}>
            <Text size="sm" c="dimmed">
              {texts.shelf.productsIn(active_products)}
            </Text>
          </Group>
        </Card>
      ))}
    </SimpleGrid>
  );
}
