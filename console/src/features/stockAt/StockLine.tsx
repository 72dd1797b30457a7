import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Span } from "./moments";
import { newestRecordsQuery } from "./queries";
import classes from "./StockLine.module.css";
import { HEIGHT, stepsOf, WIDTH } from "./steps";

/** The stock over the span of the slider below it, as a line; the figures below say the same in numbers. */
export function StockLine({ sku, span }: { readonly sku: string; readonly span: Span }) {
  const { data } = useQuery(newestRecordsQuery(sku));
  const path = useMemo(() => stepsOf(data ?? [], span), [data, span]);
  return (
    <svg
      className={classes.line}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      <path d={path} />
    </svg>
  );
}
