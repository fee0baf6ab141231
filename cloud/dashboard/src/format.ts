// Numbers, times and ages in words; absence is "no data".

export const NO_DATA = "no data";

const STALE_AFTER_S = 180;

const number = (digits: number) =>
  new Intl.NumberFormat(undefined, { minimumFractionDigits: digits, maximumFractionDigits: digits });

const BY_DIGITS = [number(0), number(1), number(2)] as const;

/** Three to four figures, so that a live change can be seen. */
export function kw(value: number): string {
  const size = Math.abs(value);
  return BY_DIGITS[size < 10 ? 2 : size < 1_000 ? 1 : 0].format(value);
}

export function kwh(value: number): string {
  const size = Math.abs(value);
  return BY_DIGITS[size < 10 ? 2 : size < 100 ? 1 : 0].format(value);
}

export const count = (value: number): string => BY_DIGITS[0].format(value);
export const one = (value: number): string => BY_DIGITS[1].format(value);

export function money(value: number, currency: string): string {
  return new Intl.NumberFormat(undefined, {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
    maximumFractionDigits: value < 100 ? 2 : 0,
  }).format(value);
}

export function clock(iso: string, timeZone?: string): string {
  return new Intl.DateTimeFormat(undefined, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    ...(timeZone ? { timeZone } : {}),
  }).format(new Date(iso));
}

export function day(iso: string, timeZone?: string): string {
  return new Intl.DateTimeFormat(undefined, {
    day: "numeric",
    month: "short",
    ...(timeZone ? { timeZone } : {}),
  }).format(new Date(iso));
}

const YEAR_S = 31_557_600;

export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 90) return `${s} s`;
  if (s < 90 * 60) return `${Math.round(s / 60)} min`;
  if (s < 48 * 3600) return `${Math.round(s / 3600)} h`;
  if (s < 2 * YEAR_S) return `${Math.round(s / 86_400)} days`;
  return s < 10 * YEAR_S ? `${Math.round(s / YEAR_S)} years` : "over 10 years";
}

export const ago = (seconds: number): string => (seconds < 1 ? "now" : `${duration(seconds)} ago`);
export const isStale = (age_s: number | null): boolean => age_s === null || age_s > STALE_AFTER_S;

export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${count(n)} ${n === 1 ? one : many}`;
