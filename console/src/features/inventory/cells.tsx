import { Badge, Popover, Switch } from "@mantine/core";
import { Link } from "react-router";
import { formatMoney, formatQuantity, parseMoney, parseQuantity } from "../../shared/format/numbers";
import { type InventoryRow, isLow, isOffered, isOut } from "../../shared/inventory/rows";
import { texts } from "../../shared/texts/texts";
import { MoreIcon } from "../../shared/ui/icons";
import { Picture } from "../../shared/ui/Picture";
import classes from "./Grid.module.css";
import { useEditing, useGrid } from "./gridContext";
import { StockForm } from "./StockForm";
import { ValueEditor } from "./ValueEditor";

const words = texts.inventory;
const PICTURE_PIXELS = 32;

interface CellProps {
  readonly row: InventoryRow;
}

export function SelectCell({ row, selected }: CellProps & { selected: boolean }) {
  const { toggleSelected } = useGrid();
  return (
    <label className={classes.check}>
      <input
        type="checkbox"
        tabIndex={-1}
        checked={selected}
        aria-label={words.selectRow(row.sku)}
        onClick={(event) => toggleSelected(row, event.shiftKey)}
        onChange={() => {}}
      />
    </label>
  );
}

export function ProductCell({ row }: CellProps) {
  const { skuAddress, narrow } = useGrid();
  const name = row.product_name || row.product_id;
  return (
    <div className={classes.product}>
      <Picture src={row.picture} size={PICTURE_PIXELS} />
      <div className={classes.names}>
        <div className={classes.nameLine}>
          <Link
            to={skuAddress(row)}
            className={classes.name}
            tabIndex={-1}
            title={`${name} · ${row.variant_name}`}
          >
            {name} <span className={classes.variant}>{row.variant_name}</span>
          </Link>
          {!narrow && <StateBadge row={row} />}
        </div>
        {narrow ? (
          <div className={classes.ids}>
            <StateBadge row={row} />
            <span>{formatMoney(row.unit_price)}</span>
            {row.reserved_stock > 0 && <span>{words.reservedUnits(row.reserved_stock)}</span>}
          </div>
        ) : (
          <div className={classes.ids}>
            <span className={classes.sku}>{row.sku}</span>
            {row.external_id !== null && <span className={classes.ownId}>{row.external_id}</span>}
          </div>
        )}
      </div>
    </div>
  );
}

function StateBadge({ row }: CellProps) {
  const [label, color] = !row.is_active
    ? [words.inactive, "gray"]
    : !isOffered(row)
      ? [words.productInactive, "gray"]
      : isOut(row)
        ? [words.out, "red"]
        : isLow(row)
          ? [words.low, "orange"]
          : [null, ""];
  return label === null ? null : (
    <Badge
      className={classes.badge}
      data-colour={color}
      variant="default"
      size="sm"
      radius="sm"
      tt="none"
      title={!row.product_is_active ? words.productInactiveHint : undefined}
    >
      {label}
    </Badge>
  );
}

export function StockCell({ row }: CellProps) {
  const { edit, close, changes, narrow, skuAddress } = useGrid();
  const editing = useEditing(row, "stock");
  return (
    <Popover
      opened={editing !== null}
      onDismiss={() => close(true)}
      closeOnClickOutside={false}
      position={narrow ? "bottom" : "bottom-end"}
      width={300}
      trapFocus
      shadow="md"
      withArrow
      middlewares={{ shift: { padding: 8 }, flip: true }}
    >
      <Popover.Target>
        <button
          type="button"
          tabIndex={-1}
          className={classes.value}
          data-open={editing !== null || undefined}
          aria-label={words.editStock(row.sku, formatQuantity(row.current_stock))}
          onClick={() => edit(row, "stock")}
        >
          {formatQuantity(row.current_stock)}
        </button>
      </Popover.Target>
      <Popover.Dropdown
        aria-label={words.stock.title}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === "Escape") {
            close(true);
          }
        }}
      >
        {editing !== null && (
          <StockForm
            row={row}
            address={skuAddress(row)}
            initial={editing.stock}
            onCancel={() => close(true)}
            onSubmit={async (change) => {
              await changes.stock(row, change);
              close(true);
            }}
          />
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

export function ValueCell({ row, kind }: CellProps & { kind: "price" | "threshold" }) {
  const { edit, close, changes } = useGrid();
  const editing = useEditing(row, kind);
  const isPrice = kind === "price";
  const value = isPrice ? row.unit_price : row.reorder_threshold;
  const shown = isPrice ? formatMoney(value) : formatQuantity(value);
  if (editing !== null) {
    return (
      <ValueEditor
        label={`${isPrice ? words.price.label : words.threshold.label} ${row.sku}`}
        initial={isPrice ? value.toFixed(2) : String(value)}
        parse={isPrice ? (text) => parseMoney(text) : (text) => parseQuantity(text)}
        hint={isPrice ? words.price.problem : words.threshold.problem}
        unchanged={value}
        onSave={async (next) => {
          try {
            await changes.attributes(row, isPrice ? { unit_price: next } : { reorder_threshold: next });
          } catch (error) {
            // The arrow keys may have moved on meanwhile: the editor stays open, so they come back to it.
            edit(row, kind);
            throw error;
          }
        }}
        onClose={close}
      />
    );
  }
  return (
    <button
      type="button"
      tabIndex={-1}
      className={classes.value}
      aria-label={isPrice ? words.editPrice(row.sku, shown) : words.editThreshold(row.sku, shown)}
      onClick={() => edit(row, kind)}
    >
      {shown}
    </button>
  );
}

export function ActiveCell({ row }: CellProps) {
  const { toggleActive } = useGrid();
  return (
    <Switch
      size="sm"
      withThumbIndicator={false}
      tabIndex={-1}
      checked={row.is_active}
      onChange={() => toggleActive(row)}
      aria-label={words.toggleActive(row.sku)}
    />
  );
}

export function MoreCell({ row }: CellProps) {
  const { edit } = useGrid();
  return (
    <button
      type="button"
      tabIndex={-1}
      className={classes.more}
      aria-label={words.more(row.sku)}
      onClick={() => edit(row, "more")}
    >
      <MoreIcon />
    </button>
  );
}
