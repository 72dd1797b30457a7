import { Skeleton } from "@mantine/core";
import { lazy, Suspense } from "react";

/** One line or one row of bars; a value for each point of the chart's `x`. */
export interface ChartSeries {
  readonly label: string;
  readonly values: readonly number[];
  /** One of the theme's colors. */
  readonly color: string;
  readonly filled?: boolean;
}

export interface ChartProps {
  /** What the chart shows, for those who do not see it. */
  readonly label: string;
  /** `steps` hold each value until the next point; `bars` stand at their points. */
  readonly kind: "steps" | "bars";
  /** Seconds since 1970, or plain numbers; ascending. */
  readonly x: readonly number[];
  readonly xKind: "time" | "number";
  readonly series: readonly ChartSeries[];
  /** What a point is called: its time, its period, its record. */
  readonly nameOf: (index: number) => string;
  /** The point that the reader has chosen by mouse or arrow keys; null for none. */
  readonly onPoint?: (index: number | null) => void;
  /** In pixels. */
  readonly height?: number;
}

const HEIGHT = 260;
const Canvas = lazy(() => import("./ChartCanvas"));

/** A chart of uPlot, which is loaded when the first one is shown. */
export function Chart(props: ChartProps) {
  const height = props.height ?? HEIGHT;
  return (
    <Suspense fallback={<Skeleton height={height} />}>
      <Canvas {...props} height={height} />
    </Suspense>
  );
}
