import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { isProblem } from "../../shared/api/problems";
import { stockAtAddress } from "../../shared/log/addresses";
import { FindSku } from "../../shared/log/FindSku";
import { SkuForm } from "../../shared/log/SkuForm";
import { SkuLinks } from "../../shared/log/SkuLinks";
import { texts } from "../../shared/texts/texts";
import { PageFrame } from "../../shared/ui/PageFrame";
import { EmptyState, ErrorState, LoadingState } from "../../shared/ui/states";
import { Moment } from "./Moment";
import { millisecondsOf, momentOf, spanOf } from "./moments";
import { firstRecordQuery, stockAtQuery } from "./queries";
import { StockThen } from "./StockThen";

const words = texts.stockAt;

/** What was in stock at any past moment. */
export function StockAtPage() {
  const { sku } = useParams();
  const navigate = useNavigate();
  return (
    <PageFrame
      title={sku === undefined ? words.title : words.titleOf(sku)}
      lead={sku === undefined ? words.lead : <SkuLinks sku={sku} without="stockAt" />}
    >
      <SkuForm
        sku={sku ?? ""}
        submit={words.submit}
        onSubmit={(wanted) => void navigate(stockAtAddress(wanted))}
      />
      {sku === undefined ? (
        <EmptyState title={words.start.title} detail={words.start.detail} action={<FindSku />} />
      ) : (
        <History key={sku} sku={sku} />
      )}
    </PageFrame>
  );
}

function History({ sku }: { readonly sku: string }) {
  const [address, setAddress] = useSearchParams();
  const [now, setNow] = useState(Date.now);
  const [moved, setMoved] = useState<string | null>(null);
  const linked = address.get("at");
  const chosen = linked !== null && !Number.isNaN(millisecondsOf(linked)) ? linked : null;
  const moment = moved ?? chosen ?? momentOf(now);
  const first = useQuery(firstRecordQuery(sku));
  const stock = useQuery(stockAtQuery(sku, moment));
  const show = (at: string | null) => {
    setMoved(null);
    if (at === null) setNow(Date.now());
    setAddress(
      (current) => {
        const next = new URLSearchParams(current);
        if (at === null) next.delete("at");
        else next.set("at", at);
        return next;
      },
      { replace: true },
    );
  };
  const error = stock.error ?? first.error;
  if (isProblem(error, "sku_not_found", "invalid_input")) {
    const { title, detail } = texts.audit.skuNotFound;
    return <EmptyState title={title} detail={detail} action={<FindSku />} />;
  }
  if (error) {
    return <ErrorState error={error} onRetry={() => void Promise.all([stock.refetch(), first.refetch()])} />;
  }
  if (stock.data === undefined || first.data === undefined) {
    return <LoadingState />;
  }
  if (first.data === null) {
    return <EmptyState title={words.titleOf(sku)} detail={words.noRecords} />;
  }
  const span = spanOf(first.data, now);
  return (
    <>
      <Moment sku={sku} moment={moment} span={span} stock={stock.data} onMove={setMoved} onShow={show} />
      <StockThen sku={sku} stock={stock.data} isLoading={stock.isPlaceholderData} />
    </>
  );
}
