import { Button, Group, Text, useComputedColorScheme } from "@mantine/core";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { formatQuantity } from "../format/numbers";
import { language } from "../format/times";
import { texts } from "../texts/texts";
import type { ChartProps, ChartSeries } from "./Chart";

const INCREMENTS = [1, 2, 5].flatMap((digit) =>
  [0, 1, 2, 3, 4, 5, 6, 7, 8].map((power) => digit * 10 ** power),
);
const INCREMENTS_IN_ORDER = INCREMENTS.sort((a, b) => a - b);
const POINTS_SHOWN_MAX = 80;
const DAY_SECONDS = 86_400;
/** What is shown around a chart's only point. */
const LONE_POINT_SECONDS = 300;
const units = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

export default function ChartCanvas(props: ChartProps & { readonly height: number }) {
  const { label, kind, x, xKind, series, nameOf, onPoint, height } = props;
  const scheme = useComputedColorScheme("light");
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [index, setIndex] = useState<number | null>(null);
  const [zoomed, setZoomed] = useState(false);
  const chosen = useRef(onPoint);
  chosen.current = onPoint;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the scheme changes the colors that are read.
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const chart = new uPlot(
      {
        ...optionsOf(element, props),
        hooks: {
          setCursor: [
            (self) => {
              const at = self.cursor.idx ?? null;
              setIndex(at);
              chosen.current?.(at);
            },
          ],
          setScale: [(self, key) => key === "x" && setZoomed(isZoomed(self, x))],
        },
      },
      [x as number[], ...series.map(({ values }) => values as number[])],
      element,
    );
    plot.current = chart;
    const observer = new ResizeObserver(() => {
      chart.setSize({ width: element.clientWidth, height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.destroy();
      plot.current = null;
    };
  }, [kind, x, xKind, series, height, scheme]);

  const last = x.length - 1;
  const shown = index ?? last;
  const move = (event: KeyboardEvent) => {
    const chart = plot.current;
    if (!chart) return;
    const targets: Record<string, number> = {
      ArrowLeft: shown - 1,
      ArrowDown: shown - 1,
      ArrowRight: shown + 1,
      ArrowUp: shown + 1,
      PageDown: shown - 10,
      PageUp: shown + 10,
      Home: 0,
      End: last,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    const to = Math.min(Math.max(target, 0), last);
    chart.setCursor({ left: chart.valToPos(x[to] as number, "x"), top: chart.over.clientHeight / 2 }, false);
    setIndex(to);
    onPoint?.(to);
  };
  return (
    <div>
      <Group justify="space-between" gap="xs" mb={4} mih={30}>
        <Group gap="md">
          {series.map((each) => (
            <Value key={each.label} series={each} index={shown} />
          ))}
        </Group>
        <Group gap="xs">
          {zoomed && (
            <Button size="compact-xs" variant="default" onClick={() => resetZoom(plot.current, x)}>
              {texts.chart.resetZoom}
            </Button>
          )}
          <Text size="xs" c="dimmed">
            {nameOf(shown)}
          </Text>
        </Group>
      </Group>
      <div
        ref={frame}
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={shown}
        aria-valuetext={`${nameOf(shown)}: ${series.map((each) => valueText(each, shown)).join(", ")}`}
        onKeyDown={move}
        style={{ height, minWidth: 0 }}
      />
    </div>
  );
}

function Value({ series, index }: { readonly series: ChartSeries; readonly index: number }) {
  return (
    <Group gap={6} wrap="nowrap">
      <span
        aria-hidden
        style={{
          width: 10,
          height: 10,
          borderRadius: 2,
          background: `var(--mantine-color-${series.color}-6)`,
        }}
      />
      <Text size="xs" c="dimmed">
        {series.label}
      </Text>
      <Text size="sm" fw={600} style={{ fontVariantNumeric: "tabular-nums" }}>
        {formatQuantity(series.values[index] ?? 0)}
      </Text>
    </Group>
  );
}

function valueText(series: ChartSeries, index: number): string {
  return `${series.label} ${formatQuantity(series.values[index] ?? 0)}`;
}

function optionsOf(element: HTMLElement, props: ChartProps & { readonly height: number }): uPlot.Options {
  const { kind, x, xKind, series, height } = props;
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(`--mantine-color-${name}`).trim();
  const bars = kind === "bars";
  const axis = {
    stroke: color("dimmed"),
    grid: { stroke: color("default-border"), width: 1 },
    ticks: { show: false },
    font: `11px ${style.fontFamily}`,
  };
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    cursor: { y: false, drag: { x: true, y: false }, points: { show: !bars } },
    scales: {
      x: { time: xKind === "time", range: (_self, min, max) => paddedX(min, max, x, props) },
      y: { range: (_self, min, max) => paddedY(min, max) },
    },
    axes: [
      {
        ...axis,
        space: 70,
        incrs: xKind === "time" ? undefined : INCREMENTS_IN_ORDER,
        values: (_self, splits, _axis, _space, increment) =>
          xKind === "time" ? timeLabels(splits, increment) : splits.map((split) => formatQuantity(split)),
      },
      {
        ...axis,
        size: 52,
        incrs: INCREMENTS_IN_ORDER,
        values: (_self, splits) => splits.map((split) => units.format(split)),
      },
    ],
    series: [
      {},
      ...series.map((each) => ({
        label: each.label,
        stroke: color(`${each.color}-6`),
        width: bars ? 0 : 2,
        fill: bars ? color(`${each.color}-6`) : each.filled ? `${color(`${each.color}-6`)}22` : undefined,
        paths: bars ? uPlot.paths.bars?.({ size: [0.7, 48] }) : uPlot.paths.stepped?.({ align: 1 }),
        points: { show: !bars && x.length <= POINTS_SHOWN_MAX, size: 6 },
      })),
    ],
  };
}

/** Room at both ends, so that the first and the last point can be seen and reached. */
function paddedX(
  min: number,
  max: number,
  x: readonly number[],
  { kind, xKind }: Pick<ChartProps, "kind" | "xKind">,
): uPlot.Range.MinMax {
  const [first, last] = [x[0] ?? 0, x.at(-1) ?? 0];
  if (first === last) {
    // uPlot makes years of a single moment.
    const room = xKind === "time" ? LONE_POINT_SECONDS : 1;
    return [first - room, first + room];
  }
  const room = kind === "bars" ? ((last - first) / (x.length - 1)) * 0.6 : (max - min) * 0.02;
  return [min - room, max + room];
}

/** From zero, or from below it where there are negative numbers, with room above. */
function paddedY(min: number | null, max: number | null): uPlot.Range.MinMax {
  const low = Math.min(min ?? 0, 0);
  const high = Math.max(max ?? 0, 0);
  const room = (high - low || 1) * 0.08;
  return [low < 0 ? low - room : 0, high > 0 || low === 0 ? high + room : 0];
}

function isZoomed(chart: uPlot, x: readonly number[]): boolean {
  const { min, max } = chart.scales.x ?? {};
  const first = x[0] ?? 0;
  const last = x.at(-1) ?? 0;
  return first < last && min != null && max != null && (min > first || max < last);
}

function resetZoom(chart: uPlot | null, x: readonly number[]): void {
  chart?.setScale("x", { min: x[0] ?? 0, max: x.at(-1) ?? 0 });
}

/** Times in the viewer's zone, as fine as the axis is, with the day where it changes. */
function timeLabels(splits: readonly number[], increment: number): string[] {
  const day = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
  if (increment >= 365 * DAY_SECONDS) {
    return splits.map((split) => String(new Date(split * 1000).getFullYear()));
  }
  if (increment >= 28 * DAY_SECONDS) {
    const month = new Intl.DateTimeFormat(language, { month: "short", year: "numeric" });
    return splits.map((split) => month.format(split * 1000));
  }
  if (increment >= DAY_SECONDS) {
    return splits.map((split) => day.format(split * 1000));
  }
  const clock = new Intl.DateTimeFormat(language, {
    hour: "numeric",
    minute: "2-digit",
    ...(increment < 60 ? { second: "2-digit" } : {}),
    ...(increment < 1 ? { fractionalSecondDigits: 3 as const } : {}),
  });
  let previous = "";
  return splits.map((split) => {
    const today = day.format(split * 1000);
    const label = today === previous ? clock.format(split * 1000) : `${clock.format(split * 1000)}\n${today}`;
    previous = today;
    return label;
  });
}
