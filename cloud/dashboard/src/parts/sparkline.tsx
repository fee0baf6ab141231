// The last few live values as one quiet line.

type Props = { values: readonly number[]; width?: number; height?: number; label: string };

export function Sparkline({ values, width = 120, height = 32, label }: Props) {
  if (values.length < 4) return null;
  const low = Math.min(...values);
  const span = Math.max(...values) - low || 1;
  const x = (i: number) => (i / (values.length - 1)) * (width - 6) + 3;
  const y = (value: number) => height - 3 - ((value - low) / span) * (height - 6);
  const last = values[values.length - 1] ?? low;
  return (
    <svg className="sparkline" width={width} height={height} role="img" aria-label={label}>
      <polyline
        points={values.map((value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`).join(" ")}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.6"
        strokeLinejoin="round"
      />
      <circle cx={x(values.length - 1)} cy={y(last)} r="2.6" fill="currentColor" />
    </svg>
  );
}
