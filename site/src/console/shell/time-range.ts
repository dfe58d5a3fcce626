/**
 * The time range of a screen, written in the URL as X-Ray's console writes it: `PT5M`, `PT1H`, or
 * `2026-11-22T14:00:00Z~2026-11-22T14:05:00Z`.
 */

export type TimeRange =
  | { kind: 'relative'; seconds: number }
  /** Epoch seconds. */
  | { kind: 'absolute'; start: number; end: number };

/** X-Ray refuses a service graph of more than six hours. */
export const longestSeconds = 6 * 3600;

export const presets: readonly { seconds: number; label: string }[] = [
  { seconds: 60, label: 'Last minute' },
  { seconds: 300, label: 'Last 5 minutes' },
  { seconds: 900, label: 'Last 15 minutes' },
  { seconds: 1800, label: 'Last 30 minutes' },
  { seconds: 3600, label: 'Last hour' },
  { seconds: 3 * 3600, label: 'Last 3 hours' },
  { seconds: 6 * 3600, label: 'Last 6 hours' },
];

export const defaultRange: TimeRange = { kind: 'relative', seconds: 300 };

/** Reads the URL's text. Unreadable or reversed text gives undefined; longer than six hours is cut to the last six. */
export function parseTimeRange(text: string | null): TimeRange | undefined {
  if (!text) return undefined;
  const relative = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/i.exec(text);
  if (relative) {
    const [, hours = '0', minutes = '0', seconds = '0'] = relative;
    const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
    return total > 0 ? { kind: 'relative', seconds: Math.min(total, longestSeconds) } : undefined;
  }
  const [from, to] = text.split('~');
  const start = Date.parse(from ?? '') / 1000;
  const end = Date.parse(to ?? '') / 1000;
  if (!(end > start)) return undefined;
  return { kind: 'absolute', start: Math.max(start, end - longestSeconds), end };
}

/** The text that `parseTimeRange` reads back. */
export function formatTimeRange(range: TimeRange): string {
  if (range.kind === 'absolute') {
    return `${new Date(range.start * 1000).toISOString()}~${new Date(range.end * 1000).toISOString()}`;
  }
  const hours = Math.floor(range.seconds / 3600);
  const minutes = Math.floor((range.seconds % 3600) / 60);
  const seconds = range.seconds % 60;
  return `PT${hours ? `${hours}H` : ''}${minutes ? `${minutes}M` : ''}${seconds ? `${seconds}S` : ''}`;
}

/** Start and end in epoch seconds. A relative range ends a moment after now, so that the newest trace is in it. */
export function bounds(range: TimeRange, now: number): { start: number; end: number } {
  if (range.kind === 'absolute') return { start: range.start, end: range.end };
  return { start: now - range.seconds, end: now + 1 };
}

/** What the control shows. */
export function rangeLabel(range: TimeRange): string {
  if (range.kind === 'relative') {
    const preset = presets.find(({ seconds }) => seconds === range.seconds);
    return preset?.label ?? `Last ${Math.round(range.seconds / 60)} minutes`;
  }
  const time = (at: number) =>
    new Date(at * 1000).toLocaleTimeString([], {
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hour12: false,
    });
  return `${time(range.start)} to ${time(range.end)}`;
}

/** The shortest preset that reaches back to a moment; undefined when even six hours do not. */
export function presetReaching(at: number, now: number): TimeRange | undefined {
  const preset = presets.find(({ seconds }) => now - seconds < at);
  return preset && { kind: 'relative', seconds: preset.seconds };
}
