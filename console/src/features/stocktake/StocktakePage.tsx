import { Alert, Button } from "@mantine/core";
import { useMemo } from "react";
import { Link, useSearchParams } from "react-router";
import { readable } from "../../shared/api/problems";
import { useInventory } from "../../shared/inventory/useInventory";
import { usePrincipal } from "../../shared/session/session";
import { useVendorId } from "../../shared/session/vendor";
import { texts } from "../../shared/texts/texts";
import { PrintIcon } from "../../shared/ui/icons";
import { PageFrame } from "../../shared/ui/PageFrame";
import { ErrorState, LoadingState } from "../../shared/ui/states";
import { Counting } from "./Counting";
import { CountSheet } from "./CountSheet";
import { linesOf } from "./counts";
import { Differences } from "./Differences";
import { useCounts } from "./useCounts";

const words = texts.stocktake;

/** `/stocktake`: count the shelves, see the differences, book them. */
export function StocktakePage() {
  const vendorId = useVendorId();
  return vendorId === null ? null : <Stocktake key={vendorId} vendorId={vendorId} />;
}

function Stocktake({ vendorId }: { vendorId: string }) {
  const { subject } = usePrincipal();
  const { rows, complete, error, store, refresh } = useInventory(vendorId);
  const { counts, notKept, put, remove } = useCounts(subject, vendorId);
  const [address, setAddress] = useSearchParams();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the store's rows change with `rows`.
  const lines = useMemo(() => linesOf(counts ?? [], (sku) => store.row(sku)), [counts, store, rows]);

  const view = address.get("view");
  const addressOf = (next: string | null) => {
    const other = new URLSearchParams(address);
    other.delete("view");
    if (next !== null) {
      other.set("view", next);
    }
    return other;
  };
  if (counts === null || (rows.length === 0 && !complete && error === null)) {
    return (
      <PageFrame title={words.title}>
        <LoadingState />
      </PageFrame>
    );
  }
  if (rows.length === 0 && error !== null) {
    return (
      <PageFrame title={words.title}>
        <ErrorState error={error} onRetry={() => void refresh()} />
      </PageFrame>
    );
  }
  const counting = `/stocktake?${addressOf(null)}`;
  if (view === "sheet") {
    return <CountSheet rows={rows} complete={complete} counts={counts} back={counting} />;
  }
  const differ = lines.filter(({ difference }) => difference !== 0).length;
  return (
    <PageFrame
      title={view === "differences" ? words.differences.title : words.title}
      lead={<span role="status">{words.lead(lines.length, differ)}</span>}
      actions={
        view === "differences" ? (
          <Button component={Link} to={counting} variant="default">
            {words.goOn}
          </Button>
        ) : (
          <>
            <Button
              component={Link}
              to={`/stocktake?${addressOf("sheet")}`}
              variant="default"
              leftSection={<PrintIcon />}
            >
              {words.sheet.button}
            </Button>
            {lines.length > 0 && (
              <Button component={Link} to={`/stocktake?${addressOf("differences")}`}>
                {words.review}
              </Button>
            )}
          </>
        )
      }
    >
      {notKept !== null && (
        <Alert color="orange" title={words.notKept.title} mb="sm" role="alert">
          {words.notKept.detail(readable(notKept).detail)}
        </Alert>
      )}
      {!complete && (
        <Alert color="gray" mb="sm">
          {words.reading(rows.length)}
        </Alert>
      )}
      {view === "differences" ? (
        <Differences
          lines={lines}
          store={store}
          put={put}
          remove={remove}
          onCountAgain={(sku) => {
            const next = addressOf(null);
            next.set("code", sku);
            setAddress(next);
          }}
        />
      ) : (
        <Counting rows={rows} lines={lines} put={put} remove={remove} />
      )}
    </PageFrame>
  );
}
