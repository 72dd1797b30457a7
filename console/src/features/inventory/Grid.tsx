import { type OnChangeFn, type RowSelectionState, useTable } from "@tanstack/react-table";
import { defaultRangeExtractor, type Range, useVirtualizer } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  memo,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useNavigate } from "react-router";
import type { InventoryRow } from "../../shared/inventory/rows";
import { texts } from "../../shared/texts/texts";
import { showError } from "../../shared/ui/toasts";
import { COLUMNS, type ColumnId, columnIds, features, LAYOUT, tracksOf } from "./columns";
import classes from "./Grid.module.css";
import { type Editing, EditingContext, type GridActions, GridContext } from "./gridContext";
import type { InventoryQuery, SortKey } from "./query";
import { modeOfKey } from "./stockInput";
import type { Changes } from "./useChanges";

const words = texts.inventory;
const HEADER_PIXELS = 36;
const ROW_PIXELS = 48;
const PAGE_ROWS = 12;
const OVERSCAN = 8;

interface Props {
  readonly rows: readonly InventoryRow[];
  readonly query: InventoryQuery;
  readonly onSort: (key: SortKey) => void;
  readonly selection: RowSelectionState;
  readonly onSelectionChange: OnChangeFn<RowSelectionState>;
  readonly editing: Editing | null;
  readonly onEditingChange: (editing: Editing | null) => void;
  readonly changes: Changes;
  readonly width: "wide" | "medium" | "narrow";
  readonly busy: boolean;
  readonly skuAddress: (row: InventoryRow) => string;
}

/** A cell by its place; the header's row is -1. */
interface Place {
  readonly row: number;
  readonly column: number;
}

/** The list as an ARIA grid: one tab stop, arrow keys within; only rows near the window are drawn. */
export function Grid({
  rows,
  query,
  onSort,
  selection,
  onSelectionChange,
  editing,
  onEditingChange,
  changes,
  width,
  busy,
  skuAddress,
}: Props) {
  const navigate = useNavigate();
  const scroller = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<Place>({ row: 0, column: 1 });
  const focusWanted = useRef(false);
  const anchor = useRef<string | null>(null);
  const ids = columnIds(width);
  const { template, least } = tracksOf(ids, width === "narrow");
  const column = Math.min(place.column, ids.length - 1);
  const active: Place = { row: Math.min(place.row, rows.length - 1), column };

  const table = useTable({
    features,
    columns: COLUMNS,
    data: rows as InventoryRow[],
    getRowId: (row) => row.sku,
    state: { rowSelection: selection },
    onRowSelectionChange: onSelectionChange,
  });
  const tableRows = table.getRowModel().rows;
  const editingIndex = useMemo(
    () => (editing === null ? -1 : rows.findIndex(({ sku }) => sku === editing.sku)),
    [editing, rows],
  );

  // The active row and the one that is edited stay drawn wherever the list is scrolled to, so that neither
  // the focus nor what was typed is lost.
  const kept = [active.row, editingIndex].filter((index) => index >= 0);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PIXELS,
    getItemKey: (index) => rows[index]?.sku ?? index,
    overscan: OVERSCAN,
    scrollMargin: HEADER_PIXELS,
    scrollPaddingStart: HEADER_PIXELS,
    rangeExtractor: (range: Range) =>
      [...new Set([...kept, ...defaultRangeExtractor(range)])]
        .filter((i) => i < range.count)
        .sort((a, b) => a - b),
  });

  const focusCell = useCallback(() => {
    scroller.current?.querySelector<HTMLElement>("[data-active-cell]")?.focus({ preventScroll: true });
  }, []);
  useLayoutEffect(() => {
    if (focusWanted.current && editing === null && !changes.conflicting) {
      focusWanted.current = false;
      focusCell();
    }
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list begins at its top.
  useEffect(() => {
    setPlace((current) => ({ row: 0, column: current.column }));
    scroller.current?.scrollTo({ top: 0 });
  }, [query.search, query.shown, query.sort, query.descending]);

  const move = (row: number, to: number) => {
    const next = {
      row: Math.max(-1, Math.min(row, rows.length - 1)),
      column: Math.max(0, Math.min(to, ids.length - 1)),
    };
    focusWanted.current = true;
    setPlace(next);
    if (next.row >= 0) {
      virtualizer.scrollToIndex(next.row, { align: "auto" });
    }
  };

  const latest = useRef({ rows, ids, changes, onSelectionChange, onEditingChange });
  latest.current = { rows, ids, changes, onSelectionChange, onEditingChange };

  const actions = useMemo<GridActions>(() => {
    const placeOf = (row: InventoryRow, id: ColumnId) => ({
      row: latest.current.rows.findIndex(({ sku }) => sku === row.sku),
      column: Math.max(0, latest.current.ids.indexOf(id)),
    });
    return {
      changes,
      narrow: width === "narrow",
      skuAddress,
      edit: (row, id, stock = { mode: "restock", quantity: "" }) => {
        setPlace(placeOf(row, id));
        latest.current.onEditingChange({ sku: row.sku, column: id, stock });
      },
      close: (refocus) => {
        focusWanted.current = refocus;
        latest.current.onEditingChange(null);
      },
      toggleActive: (row) => {
        latest.current.changes.attributes(row, { is_active: !row.is_active }).catch(showError);
      },
      toggleSelected: (row, range) => {
        const all = latest.current.rows;
        const index = all.findIndex(({ sku }) => sku === row.sku);
        const from =
          range && anchor.current !== null ? all.findIndex(({ sku }) => sku === anchor.current) : index;
        anchor.current = row.sku;
        latest.current.onSelectionChange((previous) => {
          const next = { ...previous };
          const selected = !previous[row.sku];
          for (let at = Math.min(from, index); at <= Math.max(from, index) && at >= 0; at += 1) {
            const sku = all[at]?.sku;
            if (sku !== undefined && selected) {
              next[sku] = true;
            } else if (sku !== undefined) {
              delete next[sku];
            }
          }
          return next;
        });
      },
    };
  }, [changes, width, skuAddress]);

  const allSelected = rows.length > 0 && rows.every(({ sku }) => selection[sku]);
  const toggleAll = () =>
    onSelectionChange((previous) => {
      const next = { ...previous };
      for (const { sku } of rows) {
        if (allSelected) {
          delete next[sku];
        } else {
          next[sku] = true;
        }
      }
      return next;
    });

  const activate = (id: ColumnId, row: InventoryRow) => {
    if (id === "select") {
      actions.toggleSelected(row, false);
    } else if (id === "active") {
      actions.toggleActive(row);
    } else if (id === "product") {
      void navigate(skuAddress(row));
    } else if (id === "stock" || id === "threshold" || id === "price" || id === "more") {
      actions.edit(row, id);
    }
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[active.row];
    const id = ids[active.column];
    const control = event.ctrlKey || event.metaKey;
    if (event.altKey || id === undefined) {
      return;
    }
    const typed = control ? null : modeOfKey(event.key);
    if (event.key === "ArrowDown") {
      move(control ? rows.length - 1 : active.row + 1, active.column);
    } else if (event.key === "ArrowUp") {
      move(control ? 0 : active.row - 1, active.column);
    } else if (event.key === "ArrowLeft") {
      move(active.row, active.column - 1);
    } else if (event.key === "ArrowRight") {
      move(active.row, active.column + 1);
    } else if (event.key === "PageDown") {
      move(active.row + PAGE_ROWS, active.column);
    } else if (event.key === "PageUp") {
      move(Math.max(0, active.row - PAGE_ROWS), active.column);
    } else if (event.key === "Home") {
      move(control ? 0 : active.row, control ? active.column : 0);
    } else if (event.key === "End") {
      move(control ? rows.length - 1 : active.row, control ? active.column : ids.length - 1);
    } else if (control && event.key.toLowerCase() === "a") {
      toggleAll();
    } else if (active.row < 0) {
      if (event.key !== "Enter" && event.key !== " ") {
        return;
      }
      const sort = LAYOUT[id].sort;
      if (id === "select") {
        toggleAll();
      } else if (sort !== null) {
        onSort(sort);
      }
    } else if (row !== undefined && (event.key === "Enter" || event.key === "F2")) {
      focusWanted.current = true;
      activate(id, row);
    } else if (row !== undefined && event.key === " ") {
      if (id === "active") {
        actions.toggleActive(row);
      } else {
        actions.toggleSelected(row, event.shiftKey);
      }
    } else if (row !== undefined && id === "stock" && typed !== null) {
      actions.edit(row, "stock", typed);
    } else {
      return;
    }
    event.preventDefault();
  };

  return (
    <GridContext value={actions}>
      <EditingContext value={editing}>
        <div
          ref={scroller}
          role="grid"
          aria-label={words.grid}
          aria-rowcount={rows.length + 1}
          aria-colcount={ids.length}
          aria-multiselectable="true"
          aria-busy={busy}
          className={classes.grid}
          data-width={width}
          style={{ "--template": template, "--least": `${least}px` } as React.CSSProperties}
          onKeyDown={onKeyDown}
        >
          <div role="rowgroup" className={classes.header}>
            <div role="row" aria-rowindex={1} className={classes.row}>
              {ids.map((id, index) => {
                const { label, sort, numeric } = LAYOUT[id];
                const current = sort !== null && query.sort === sort;
                const isActive = active.row === -1 && active.column === index;
                return (
                  <div
                    key={id}
                    role="columnheader"
                    aria-colindex={index + 1}
                    aria-sort={current ? (query.descending ? "descending" : "ascending") : undefined}
                    tabIndex={isActive ? 0 : -1}
                    data-active-cell={isActive || undefined}
                    data-numeric={numeric || undefined}
                    className={classes.head}
                  >
                    {id === "select" ? (
                      <label className={classes.check}>
                        <input
                          type="checkbox"
                          tabIndex={-1}
                          checked={allSelected}
                          aria-label={words.selectAll}
                          onChange={toggleAll}
                        />
                      </label>
                    ) : sort === null ? (
                      <span className="visually-hidden">{label}</span>
                    ) : (
                      <button
                        type="button"
                        tabIndex={-1}
                        className={classes.sort}
                        data-current={current || undefined}
                        onClick={() => onSort(sort)}
                      >
                        {label}
                        <span aria-hidden="true" className={classes.arrow}>
                          {current ? (query.descending ? "↓" : "↑") : ""}
                        </span>
                      </button>
                    )}
                  </div>
                );
              })}
            </div>
          </div>
          <div role="rowgroup" className={classes.body} style={{ height: virtualizer.getTotalSize() }}>
            {virtualizer.getVirtualItems().map(({ index, start, key }) => {
              const row = tableRows[index];
              return row === undefined ? null : (
                <GridRow
                  key={key}
                  row={row.original}
                  cells={row.getAllCells()}
                  ids={ids}
                  index={index}
                  offset={start - HEADER_PIXELS}
                  selected={row.getIsSelected()}
                  activeColumn={active.row === index ? active.column : -1}
                  onPlace={setPlace}
                  FlexRender={table.FlexRender}
                />
              );
            })}
          </div>
        </div>
      </EditingContext>
    </GridContext>
  );
}

type GridTable = ReturnType<typeof useTable<typeof features, InventoryRow>>;
type GridCell = ReturnType<ReturnType<GridTable["getRowModel"]>["rows"][number]["getAllCells"]>[number];

interface RowProps {
  readonly row: InventoryRow;
  readonly cells: readonly GridCell[];
  readonly ids: readonly ColumnId[];
  readonly index: number;
  readonly offset: number;
  readonly selected: boolean;
  readonly activeColumn: number;
  readonly onPlace: (place: Place) => void;
  readonly FlexRender: GridTable["FlexRender"];
}

const GridRow = memo(
  function GridRow({ cells, ids, index, offset, selected, activeColumn, onPlace, FlexRender }: RowProps) {
    return (
      <div
        role="row"
        aria-rowindex={index + 2}
        aria-selected={selected}
        tabIndex={-1}
        className={classes.row}
        data-selected={selected || undefined}
        style={{ transform: `translateY(${offset}px)`, height: ROW_PIXELS }}
      >
        {ids.map((id, column) => {
          const cell = cells.find((each) => each.column.id === id);
          const isActive = activeColumn === column;
          return (
            <div
              key={id}
              role="gridcell"
              aria-colindex={column + 1}
              tabIndex={isActive ? 0 : -1}
              data-active-cell={isActive || undefined}
              data-numeric={LAYOUT[id].numeric || undefined}
              data-column={id}
              className={classes.cell}
              onFocus={isActive ? undefined : () => onPlace({ row: index, column })}
            >
              {cell && <FlexRender cell={cell} />}
            </div>
          );
        })}
      </div>
    );
  },
  (before, after) =>
    before.row === after.row &&
    before.ids.length === after.ids.length &&
    before.index === after.index &&
    before.offset === after.offset &&
    before.selected === after.selected &&
    before.activeColumn === after.activeColumn,
);
