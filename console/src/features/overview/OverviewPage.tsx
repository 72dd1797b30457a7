import { Button, Group, Loader, Paper, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link } from "react-router";
import { formatQuantity } from "../../shared/format/numbers";
import { useInventory } from "../../shared/inventory/useInventory";
import { useVendorAddress, useVendorId } from "../../shared/session/vendor";
import { texts } from "../../shared/texts/texts";
import { PageFrame } from "../../shared/ui/PageFrame";
import { EmptyState, ErrorState } from "../../shared/ui/states";
import { Attention } from "./Attention";
import { MovementsChart } from "./MovementsChart";
import { soldPerDayOf } from "./movements";
import { NewestRecords } from "./NewestRecords";
import classes from "./Overview.module.css";
import { newestRecordsQuery } from "./queries";
import { type Summary, summaryOf } from "./summary";

/** A vendor's first page: the numbers that matter, what needs attention, and what happened last. */
export function OverviewPage() {
  const vendorId = useVendorId() ?? "";
  const address = useVendorAddress();
  const words = texts.overview;
  const inventory = useInventory(vendorId);
  const log = useQuery(newestRecordsQuery(vendorId));
  const summary = useMemo(() => summaryOf(inventory.rows), [inventory.rows]);
  const records = log.data?.records;
  const soldPerDay = useMemo(() => soldPerDayOf(records ?? [], Date.now()), [records]);
  if (inventory.error && inventory.rows.length === 0) {
    return (
      <PageFrame title={words.title}>
        <ErrorState error={inventory.error} onRetry={() => void inventory.refresh()} />
      </PageFrame>
    );
  }
  if (inventory.complete && inventory.rows.length === 0) {
    return (
      <PageFrame title={words.title}>
        <EmptyState
          title={words.empty.title}
          detail={words.empty.detail}
          action={
            <Group justify="center">
              <Button component={Link} to={address("/products?new=true")}>
                {words.empty.action}
              </Button>
              <Button component={Link} to={address("/import")} variant="default">
                {words.empty.importFile}
              </Button>
            </Group>
          }
        />
      </PageFrame>
    );
  }
  return (
    <PageFrame title={words.title} lead={inventory.complete ? undefined : <StillReading />}>
      <Numbers summary={summary} isKnown={inventory.rows.length > 0} />
      <div className={classes.columns}>
        <Attention
          rows={inventory.rows}
          soldPerDay={soldPerDay}
          summary={summary}
          isComplete={inventory.complete}
        />
        <MovementsChart log={log} />
      </div>
      <NewestRecords log={log} rows={inventory.rows} />
    </PageFrame>
  );
}

function StillReading() {
  return (
    <span role="status" className={classes.reading}>
      <Loader size={12} /> {texts.overview.stillReading}
    </span>
  );
}

function Numbers({ summary, isKnown }: { readonly summary: Summary; readonly isKnown: boolean }) {
  const words = texts.overview;
  const address = useVendorAddress();
  const numbers = [
    { label: words.skus, value: summary.skus, hint: words.all, to: "/inventory", tone: undefined },
    {
      label: words.out,
      value: summary.out,
      hint: words.nothingLeft,
      to: "/inventory?show=out",
      tone: "red",
    },
    {
      label: words.low,
      value: summary.low,
      hint: words.belowThreshold,
      to: "/inventory?show=low",
      tone: "orange",
    },
    {
      label: words.reserved,
      value: summary.reservedUnits,
      hint: words.onSkus(formatQuantity(summary.reservedSkus)),
      to: "/inventory?show=reserved",
      tone: undefined,
    },
    {
      label: words.inactive,
      value: summary.inactive,
      hint: words.notForSale,
      to: "/inventory?show=inactive",
      tone: undefined,
    },
  ];
  return (
    <div className={classes.numbers} aria-busy={!isKnown}>
      {numbers.map(({ label, value, hint, to, tone }) => (
        <Paper
          key={label}
          component={Link}
          to={address(to)}
          withBorder
          className={classes.card}
          data-tone={value > 0 ? tone : undefined}
        >
          <Text component="span" size="sm" c="dimmed">
            {label}
          </Text>
          <span className={classes.number}>{isKnown ? formatQuantity(value) : "–"}</span>
          <Text component="span" size="xs" c="dimmed">
            {hint}
          </Text>
        </Paper>
      ))}
    </div>
  );
}
