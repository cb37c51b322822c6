/** Numbers about this process in the text format of Prometheus (version 0.0.4). Counting costs a few array writes. */

export type Labels = { readonly [name: string]: string };

/** A gauge or counter that someone else keeps: read when asked for. */
export type MetricSource = {
  readonly name: string;
  readonly help: string;
  readonly kind: "gauge" | "counter";
  /** The value, or one per set of labels; undefined when there is none yet. */
  read(): number | undefined | readonly (readonly [Labels, number])[];
};

export type Histogram = {
  readonly name: string;
  readonly help: string;
  /** A row of its own per set of labels; kept by the caller, so that observing looks nothing up. */
  series(labels: Labels): HistogramSeries;
  render(): string;
};

export type HistogramSeries = { observe(value: number): void };

/** Upper bounds in seconds; 73 ms is the mean of the reference coalition. */
export const LATENCY_BUCKETS: readonly number[] = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.073, 0.1, 0.2, 0.5, 1, 2, 5, 10,
];
export const BATCH_BUCKETS: readonly number[] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

type Row = { labels: string; counts: Float64Array; sum: number; count: number };

export function createHistogram(name: string, help: string, bounds: readonly number[]): Histogram {
  const rows: Row[] = [];
  return {
    name,
    help,
    series: (labels) => {
      const row: Row = { labels: renderLabels(labels), counts: new Float64Array(bounds.length), sum: 0, count: 0 };
      rows.push(row);
      return {
        observe: (value) => {
          row.sum += value;
          row.count++;
          for (let i = bounds.length - 1; i >= 0 && value <= (bounds[i] as number); i--) {
            row.counts[i] = (row.counts[i] as number) + 1;
          }
        },
      };
    },
    render: () =>
      header(name, help, "histogram") +
      rows
        .filter(({ count }) => count > 0)
        .map((row) => renderRow(name, bounds, row))
        .join(""),
  };
}

export function renderSource(source: MetricSource): string {
  const value = source.read();
  if (value === undefined) return "";
  const rows = typeof value === "number" ? [[{}, value] as const] : value;
  const lines = rows.map(([labels, number]) => `${source.name}${braces(renderLabels(labels))} ${number}\n`);
  return header(source.name, source.help, source.kind) + lines.join("");
}

export function header(name: string, help: string, kind: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n`;
}

function renderRow(name: string, bounds: readonly number[], row: Row): string {
  const prefix = row.labels === "" ? "" : `${row.labels},`;
  const lines = bounds.map((bound, i) => `${name}_bucket{${prefix}le="${bound}"} ${row.counts[i]}\n`);
  return (
    lines.join("") +
    `${name}_bucket{${prefix}le="+Inf"} ${row.count}\n` +
    `${name}_sum${braces(row.labels)} ${row.sum}\n` +
    `${name}_count${braces(row.labels)} ${row.count}\n`
  );
}

export function renderLabels(labels: Labels): string {
  return Object.entries(labels)
    .map(
      ([name, value]) => `${name}="${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`,
    )
    .join(",");
}

export function braces(labels: string): string {
  return labels === "" ? "" : `{${labels}}`;
}
