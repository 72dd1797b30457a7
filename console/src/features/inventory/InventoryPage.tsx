import { ActionIcon, Alert, Button, Group, Text } from "@mantine/core";
import { useHotkeys, useMediaQuery } from "@mantine/hooks";
import type { RowSelectionState } from "@tanstack/react-table";
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { readable } from "../../shared/api/problems";
import { download } from "../../shared/format/csv";
import { formatClock } from "../../shared/format/times";
import type { InventoryRow } from "../../shared/inventory/rows";
import { useInventory } from "../../shared/inventory/useInventory";
import { useVendorAddress, useVendorId } from "../../shared/session/vendor";
import { texts } from "../../shared/texts/texts";
import { DownloadIcon, PrintIcon } from "../../shared/ui/icons";
import { PageFrame } from "../../shared/ui/PageFrame";
import { EmptyState, ErrorState, LoadingState } from "../../shared/ui/states";
import { undoLatest } from "../../shared/ui/toasts";
import { arranged, countsOf, kept, sameOrder } from "./arrange";
import { BulkBar, type BulkKind } from "./BulkBar";
import { BulkDialog } from "./BulkDialog";
import { inventoryCsv } from "./export";
import { Grid } from "./Grid";
import type { Editing } from "./gridContext";
import classes from "./InventoryPage.module.css";
import { addressOf, DEFAULT_QUERY, type InventoryQuery, queryOf, type SortKey } from "./query";
import { ReorderList } from "./ReorderList";
import { SkuDrawer } from "./SkuDrawer";
import { Toolbar } from "./Toolbar";
import { useChanges } from "./useChanges";

const words = texts.inventory;

/** `/inventory`: all SKUs of a vendor, and everything that changes their stock. */
export function InventoryPage() {
  const vendorId = useVendorId();
  return vendorId === null ? null : <Inventory key={vendorId} vendorId={vendorId} />;
}

function Inventory({ vendorId }: { vendorId: string }) {
  const [address, setAddress] = useSearchParams();
  const vendorAddress = useVendorAddress();
  const query = useMemo(() => queryOf(address), [address]);
  const wide = useMediaQuery("(min-width: 82em)", undefined, { getInitialValueInEffect: false });
  const narrow = useMediaQuery("(max-width: 48em)", undefined, { getInitialValueInEffect: false });
  const [editing, setEditing] = useState<Editing | null>(null);
  const [bulk, setBulk] = useState<BulkKind | null>(null);
  const [selection, setSelection] = useState<RowSelectionState>({});
  const inventory = useInventory(vendorId, editing !== null || bulk !== null);
  const { rows, complete, error, refreshedAt, store, refresh } = inventory;
  const changes = useChanges(store);
  useHotkeys([["mod+Z", () => void undoLatest()]]);

  const setQuery = useCallback(
    (change: Partial<InventoryQuery>) => {
      setAddress((current) => addressOf({ ...queryOf(current), ...change }, current), { replace: true });
    },
    [setAddress],
  );
  const sort = useCallback(
    (key: SortKey) => setQuery({ sort: key, descending: key === query.sort ? !query.descending : false }),
    [setQuery, query],
  );
  const skuAddress = useCallback(
    (row: InventoryRow) => vendorAddress(`/skus/${encodeURIComponent(row.sku)}`),
    [vendorAddress],
  );

  const deferredQuery = useDeferredValue(query);
  const { listed, stale, resort } = useListed(rows, deferredQuery, complete);
  const counts = useMemo(() => countsOf(rows), [rows]);
  const selected = useMemo(() => rows.filter(({ sku }) => selection[sku]), [rows, selection]);
  const hidden = useMemo(() => {
    const shown = new Set(listed.map(({ sku }) => sku));
    return selected.filter(({ sku }) => !shown.has(sku)).length;
  }, [listed, selected]);

  if (address.get("view") === "reorder") {
    const back = new URLSearchParams(address);
    back.delete("view");
    const low = arranged(rows, { ...DEFAULT_QUERY, shown: "low" });
    return <ReorderList rows={low} complete={complete} back={`/inventory?${back}`} />;
  }

  const count = !complete
    ? words.loading(rows.length)
    : listed.length === rows.length
      ? words.all(rows.length)
      : words.some(listed.length, rows.length);
  const reorder = new URLSearchParams(address);
  reorder.set("view", "reorder");
  const edited = editing?.column === "more" ? store.row(editing.sku) : undefined;
  return (
    <PageFrame
      title={words.title}
      fill
      lead={
        <span role="status" className={classes.lead}>
          {rows.length === 0 && !complete ? texts.common.loading : count}
          {complete && refreshedAt !== null && (
            <span className={classes.fresh}> · {words.upToDate(formatClock(refreshedAt))}</span>
          )}
        </span>
      }
      actions={
        <>
          <Button
            component={Link}
            to={`/inventory?${reorder}`}
            variant="default"
            size={narrow ? "compact-md" : "sm"}
            leftSection={<PrintIcon />}
          >
            {words.reorder.button}
          </Button>
          {narrow ? (
            <ActionIcon
              variant="default"
              size="lg"
              aria-label={words.csvLabel}
              disabled={!complete || listed.length === 0}
              onClick={() => downloadCsv(vendorId, listed)}
            >
              <DownloadIcon />
            </ActionIcon>
          ) : (
            <Button
              variant="default"
              leftSection={<DownloadIcon />}
              aria-label={words.csvLabel}
              disabled={!complete || listed.length === 0}
              onClick={() => downloadCsv(vendorId, listed)}
            >
              {words.csv}
            </Button>
          )}
        </>
      }
    >
      {error !== null && rows.length > 0 && (
        <Alert color="yellow" p="xs" role="alert" title={readable(error).title}>
          {words.staleData}{" "}
          <Button size="compact-sm" variant="default" onClick={() => void refresh()}>
            {texts.common.retry}
          </Button>
        </Alert>
      )}
      {rows.length === 0 ? (
        error !== null ? (
          <ErrorState error={error} onRetry={() => void refresh()} />
        ) : !complete ? (
          <LoadingState />
        ) : (
          <EmptyState
            title={words.empty.title}
            detail={words.empty.detail}
            action={
              <Group justify="center">
                <Button component={Link} to={vendorAddress("/products")}>
                  {words.empty.action}
                </Button>
                <Button component={Link} to={vendorAddress("/import")} variant="default">
                  {words.empty.importFile}
                </Button>
              </Group>
            }
          />
        )
      ) : (
        <>
          <div className={classes.tools}>
            <Toolbar query={query} onChange={setQuery} counts={counts} narrow={narrow} />
            {stale && (
              <Text size="sm" c="dimmed" component="div">
                {words.stale}{" "}
                <Button size="compact-sm" variant="default" onClick={resort}>
                  {words.resort}
                </Button>
              </Text>
            )}
          </div>
          {listed.length === 0 && complete ? (
            <EmptyState
              title={words.noMatch.title}
              detail={words.noMatch.detail}
              action={
                <Button variant="default" onClick={() => setQuery({ search: "", shown: "all" })}>
                  {words.noMatch.action}
                </Button>
              }
            />
          ) : (
            <Grid
              rows={listed}
              query={query}
              onSort={sort}
              selection={selection}
              onSelectionChange={setSelection}
              editing={editing}
              onEditingChange={setEditing}
              changes={changes}
              width={narrow ? "narrow" : wide ? "wide" : "medium"}
              busy={!complete}
              skuAddress={skuAddress}
            />
          )}
          {selected.length > 0 ? (
            <BulkBar
              count={selected.length}
              hidden={hidden}
              narrow={narrow}
              onAction={setBulk}
              onClear={() => setSelection({})}
            />
          ) : (
            !narrow &&
            listed.length > 0 && (
              <Text size="xs" c="dimmed" className={classes.keys}>
                {words.keys}
              </Text>
            )
          )}
        </>
      )}
      {edited && (
        <SkuDrawer
          row={edited}
          address={skuAddress(edited)}
          changes={changes}
          onClose={() => setEditing(null)}
        />
      )}
      {bulk !== null && (
        <BulkDialog kind={bulk} rows={selected} store={store} onClose={() => setBulk(null)} />
      )}
      {changes.dialog}
    </PageFrame>
  );
}

/** The rows to list. Once all are there they keep their places while they change, until the person sorts,
 * filters or searches anew; `stale` says that the order is no longer the wanted one.
 */
function useListed(rows: readonly InventoryRow[], query: InventoryQuery, complete: boolean) {
  const fresh = useMemo(() => arranged(rows, query), [rows, query]);
  const [version, setVersion] = useState(0);
  const order = useRef<{ query: InventoryQuery; complete: boolean; version: number; skus: string[] } | null>(
    null,
  );
  const listed = useMemo(() => {
    const current = order.current;
    const keeps =
      current?.complete === true && sameQuery(current.query, query) && current.version === version;
    return keeps ? kept(current.skus, rows, fresh) : fresh;
  }, [rows, fresh, query, version]);
  useEffect(() => {
    order.current = { query, complete, version, skus: listed.map(({ sku }) => sku) };
  }, [listed, query, complete, version]);
  const stale = useMemo(() => !sameOrder(listed, fresh), [listed, fresh]);
  return { listed, stale, resort: () => setVersion((current) => current + 1) };
}

function sameQuery(a: InventoryQuery, b: InventoryQuery): boolean {
  return a.search === b.search && a.shown === b.shown && a.sort === b.sort && a.descending === b.descending;
}

function downloadCsv(vendorId: string, rows: readonly InventoryRow[]): void {
  download(words.csvFile(vendorId, new Date().toISOString().slice(0, 10)), inventoryCsv(rows));
}
