// Line icons, 24 × 24, drawn with the text's colour.

const PATHS = {
  now: "M3 13h4l3-8 4 14 3-6h4",
  campus: "M4 20V9l8-5 8 5v11M4 20h16M9 20v-5h6v5M9 11h.01M15 11h.01",
  forecast: "M3 16l5-6 4 3M14.5 10.5l2-2.5M18 6.5l1-1.5M3 20h18M12 13h.01",
  anomalies: "M3 16h4l2-3 2 3 2-11 2.5 11h5.5M3 20h18",
  fleet: "M5 5h14v5H5zM5 14h14v5H5zM8.5 7.5h.01M8.5 16.5h.01M12 7.5h4M12 16.5h4",
  maintenance: "M14.5 6.5a4 4 0 0 0-5.2 5.2L4 17v3h3l5.3-5.3a4 4 0 0 0 5.2-5.2L15 12l-3-3z",
  warning: "M12 4 3 19.5h18zM12 10v4M12 17h.01",
  check: "M5 12.5l4.5 4.5L19 7.5",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1 1M17.4 17.4l1 1M5.6 18.4l1-1M17.4 6.6l1-1",
  moon: "M20 14.5A8 8 0 1 1 9.5 4a6.5 6.5 0 0 0 10.5 10.5z",
  out: "M14 8V5H5v14h9v-3M10 12h10M17 9l3 3-3 3",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
