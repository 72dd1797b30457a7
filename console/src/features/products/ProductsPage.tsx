import {
  Badge,
  Button,
  NativeSelect,
  Paper,
  SegmentedControl,
  Text,
  TextInput,
  UnstyledButton,
} from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { formatMoney, formatQuantity } from "../../shared/format/numbers";
import { useVendorAddress, useVendorId } from "../../shared/session/vendor";
import { texts } from "../../shared/texts/texts";
import { PlusIcon, SearchIcon } from "../../shared/ui/icons";
import { PageFrame } from "../../shared/ui/PageFrame";
import { Picture } from "../../shared/ui/Picture";
import { EmptyState, ErrorState, LoadingState } from "../../shared/ui/states";
import { Time } from "../../shared/ui/Time";
import {
  type ActiveFilter,
  categoriesOf,
  filtered,
  filterFrom,
  type ProductFilter,
  withFilter,
} from "./filter";
import { NewProductDrawer } from "./NewProductDrawer";
import classes from "./Products.module.css";
import { type ProductRow, productsQuery } from "./queries";
import { type SortColumn, sorted, sortingFrom, sortingParameter } from "./sorting";

const ROW_PIXELS = 52;
const TYPING_MILLISECONDS = 200;

/** All products of a vendor, to search and to create. */
export function ProductsPage() {
  const vendorId = useVendorId() ?? "";
  const words = texts.products;
  const [parameters, setParameters] = useSearchParams();
  const products = useAllProducts(vendorId);
  const filter = filterFrom(parameters);
  const sorting = sortingFrom(parameters);
  const all = products.rows;
  const shown = useMemo(() => {
    return sorted(filtered(all, filterFrom(parameters)), sortingFrom(parameters));
  }, [all, parameters]);
  const categories = useMemo(() => categoriesOf(all), [all]);
  const setFilter = (changed: ProductFilter) =>
    setParameters((current) => withFilter(current, changed), { replace: true });
  const sortBy = (column: SortColumn) =>
    setParameters(
      (current) => {
        const changed = new URLSearchParams(current);
        const isDescending = sorting.column === column && !sorting.isDescending;
        const sort = sortingParameter({ column, isDescending });
        if (sort === null) changed.delete("sort");
        else changed.set("sort", sort);
        return changed;
      },
      { replace: true },
    );
  const setNew = (isNew: boolean) =>
    setParameters((current) => {
      const changed = new URLSearchParams(current);
      if (isNew) changed.set("new", "true");
      else changed.delete("new");
      return changed;
    });
  const isEmpty = products.isComplete && all.length === 0;
  return (
    <PageFrame
      title={words.title}
      fill
      lead={
        <span role="status">
          {words.count(formatQuantity(shown.length), formatQuantity(all.length))}
          {!products.isComplete && ` · ${words.stillReading(formatQuantity(all.length))}`}
        </span>
      }
      actions={
        <Button leftSection={<PlusIcon />} onClick={() => setNew(true)}>
          {words.create}
        </Button>
      }
    >
      {!isEmpty && <Filters filter={filter} categories={categories} onChange={setFilter} />}
      {products.error !== null && <ErrorState error={products.error} onRetry={products.retry} />}
      {all.length === 0 && !products.isComplete && products.error === null && <LoadingState />}
      {isEmpty && (
        <EmptyState
          title={words.empty.title}
          detail={words.empty.detail}
          action={<Button onClick={() => setNew(true)}>{words.create}</Button>}
        />
      )}
      {all.length > 0 && shown.length === 0 && (
        <EmptyState
          title={words.noneFound.title}
          detail={words.noneFound.detail}
          action={
            <Button
              variant="default"
              onClick={() => setFilter({ search: "", category: null, active: "all" })}
            >
              {words.noneFound.clear}
            </Button>
          }
        />
      )}
      {shown.length > 0 && (
        <ProductTable rows={shown} sort={sortingParameter(sorting) ?? "name"} onSort={sortBy} />
      )}
      {parameters.get("new") === "true" && (
        <NewProductDrawer vendorId={vendorId} categories={categories} onClose={() => setNew(false)} />
      )}
    </PageFrame>
  );
}

function useAllProducts(vendorId: string) {
  const pages = useInfiniteQuery(productsQuery(vendorId));
  const { hasNextPage, isFetching, isError, fetchNextPage } = pages;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, fetchNextPage]);
  const rows = useMemo(() => pages.data?.pages.flatMap((page) => page.items) ?? [], [pages.data]);
  return {
    rows,
    isComplete: pages.data !== undefined && !hasNextPage,
    error: isError ? pages.error : null,
    retry: () => void (rows.length > 0 ? fetchNextPage() : pages.refetch()),
  };
}

interface FiltersProps {
  readonly filter: ProductFilter;
  readonly categories: readonly string[];
  readonly onChange: (filter: ProductFilter) => void;
}

function Filters({ filter, categories, onChange }: FiltersProps) {
  const words = texts.products;
  const [typed, setTyped] = useState(filter.search);
  const search = useDebouncedCallback(
    (text: string) => onChange({ ...filter, search: text }),
    TYPING_MILLISECONDS,
  );
  useEffect(() => {
    setTyped((known) => (known.trim() === filter.search.trim() ? known : filter.search));
  }, [filter.search]);
  return (
    <div className={classes.filters}>
      <TextInput
        type="search"
        aria-label={words.search}
        placeholder={words.searchHint}
        leftSection={<SearchIcon />}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          search(event.currentTarget.value);
        }}
        className={classes.search}
      />
      <NativeSelect
        aria-label={words.category}
        value={filter.category ?? ""}
        onChange={(event) => onChange({ ...filter, category: event.currentTarget.value || null })}
        data={[
          { value: "", label: words.allCategories },
          ...[...new Set([...categories, ...(filter.category === null ? [] : [filter.category])])].map(
            (name) => ({
              value: name,
              label: name,
            }),
          ),
        ]}
        className={classes.select}
      />
      <SegmentedControl
        aria-label={words.active.label}
        value={filter.active}
        onChange={(value) => onChange({ ...filter, active: value as ActiveFilter })}
        data={(["all", "active", "inactive"] as const).map((value) => ({
          value,
          label: words.active[value],
        }))}
      />
    </div>
  );
}

interface TableProps {
  readonly rows: readonly ProductRow[];
  readonly sort: string;
  readonly onSort: (column: SortColumn) => void;
}

function ProductTable({ rows, sort, onSort }: TableProps) {
  const frame = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_PIXELS,
    overscan: 10,
  });
  const items = virtual.getVirtualItems();
  const above = items[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const words = texts.products.columns;
  const header = (column: SortColumn, label: string, className?: string) => (
    <SortHeader column={column} label={label} sort={sort} onSort={onSort} className={className} />
  );
  return (
    <Paper
      withBorder
      className={classes.frame}
      ref={frame}
      tabIndex={0}
      role="region"
      aria-label={texts.products.title}
    >
      <table className={classes.table} aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            <th className={classes.pictureCell} aria-hidden />
            {header("name", words.name)}
            {header("ownId", words.ownId, classes.wide)}
            {header("category", words.category, classes.wide)}
            {header("price", words.price, classes.number)}
            <th scope="col">{words.state}</th>
            {header("updated", words.updated, classes.wide)}
          </tr>
        </thead>
        <tbody>
          {above > 0 && (
            <tr aria-hidden>
              <td colSpan={7} style={{ height: above, padding: 0, border: 0 }} />
            </tr>
          )}
          {items.map(({ index }) => (
            <Row key={rows[index]?.product_id} row={rows[index] as ProductRow} index={index} />
          ))}
          {below > 0 && (
            <tr aria-hidden>
              <td colSpan={7} style={{ height: below, padding: 0, border: 0 }} />
            </tr>
          )}
        </tbody>
      </table>
    </Paper>
  );
}

interface SortHeaderProps {
  readonly column: SortColumn;
  readonly label: string;
  readonly sort: string;
  readonly onSort: (column: SortColumn) => void;
  readonly className: string | undefined;
}

function SortHeader({ column, label, sort, onSort, className }: SortHeaderProps) {
  const direction = sort === column ? "ascending" : sort === `-${column}` ? "descending" : undefined;
  const arrow = direction === undefined ? "" : direction === "ascending" ? " ↑" : " ↓";
  return (
    <th scope="col" aria-sort={direction} className={className}>
      <UnstyledButton className={classes.sort} onClick={() => onSort(column)}>
        {label}
        <span aria-hidden>{arrow}</span>
      </UnstyledButton>
    </th>
  );
}

function Row({ row, index }: { readonly row: ProductRow; readonly index: number }) {
  const address = useVendorAddress();
  const navigate = useNavigate();
  const to = address(`/products/${row.product_id}`);
  const subtitle = [row.external_id, row.category].filter(Boolean).join(" · ");
  return (
    <tr
      aria-rowindex={index + 2}
      data-inactive={!row.is_active || undefined}
      onClick={(event) => {
        if (!(event.target as Element).closest("a") && !getSelection()?.toString()) void navigate(to);
      }}
    >
      <td className={classes.pictureCell}>
        <Picture src={row.images?.[0]} size={36} />
      </td>
      <td className={classes.nameCell}>
        <Link to={to} className={classes.name}>
          {row.product_name}
        </Link>
        <Text component="span" size="xs" c="dimmed" className={classes.subtitle}>
          {subtitle}
        </Text>
      </td>
      <td className={`${classes.wide} ${classes.cut}`}>{row.external_id ?? texts.products.none}</td>
      <td className={`${classes.wide} ${classes.cut}`}>{row.category}</td>
      <td className={classes.number}>{formatMoney(row.base_price)}</td>
      <td>
        <ActiveBadge isActive={row.is_active} />
      </td>
      <td className={`${classes.wide} ${classes.cut}`}>
        <Time value={row.updated_at} />
      </td>
    </tr>
  );
}

export function ActiveBadge({ isActive }: { readonly isActive: boolean }) {
  return (
    <Badge variant="light" color={isActive ? "teal" : "gray"} tt="none" radius="sm">
      {isActive ? texts.common.active : texts.common.inactive}
    </Badge>
  );
}
