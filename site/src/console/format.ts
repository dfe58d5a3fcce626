/** How numbers read on screen and aloud. Durations are seconds, as X-Ray records them. */

/** `0.42 ms`, `38 ms`, `1.24 s`, `2 min 3 s`. */
export function duration(seconds: number): string {
  const milliseconds = seconds * 1000;
  if (milliseconds === 0) return '0 ms';
  if (milliseconds < 0.995) return `${milliseconds.toFixed(2)} ms`;
  if (Math.round(milliseconds) < 1000) return `${Math.round(milliseconds)} ms`;
  if (seconds < 59.995) return `${seconds.toFixed(2)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** A duration as a screen reader should say it: `38 milliseconds`, `1.24 seconds`. */
export function spokenDuration(seconds: number): string {
  return duration(seconds)
    .replace(/ ms$/, ' milliseconds')
    .replace(/ min /, ' minutes ')
    .replace(/ s$/, ' seconds');
}

/** `12 s ago`, `4 min ago`, `2 h ago`; `now` within two seconds. */
export function ago(at: number, now: number): string {
  const seconds = Math.max(0, now - at);
  if (seconds < 2) return 'now';
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** A share of 1 as a percentage; small shares never read as zero. */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) return '< 1 %';
  if (share < 1 && share > 0.99) return '> 99 %';
  return `${Math.round(share * 100)} %`;
}

/** Requests per minute: one decimal below ten. */
export function perMinute(rate: number): string {
  return rate > 0 && rate < 9.95 ? rate.toFixed(1) : String(Math.round(rate));
}

/** Local time of day, `14:02:11`. */
export function clock(at: number): string {
  return new Date(at * 1000).toLocaleTimeString([], {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hour12: false,
  });
}

/** The same moment in UTC, for a tooltip. */
export const utc = (at: number): string => new Date(at * 1000).toISOString();

/** `812 B`, `3.4 KB`, `1.2 MB`; 1 KB = 1,024 bytes, as X-Ray's 64 KB limit counts. */
export function bytes(count: number): string {
  if (count < 1024) return `${count} B`;
  if (count < 1024 * 1024) return `${(count / 1024).toFixed(1)} KB`;
  return `${(count / 1024 / 1024).toFixed(1)} MB`;
}

/** The last six characters of a trace id, enough to tell two rows apart. */
export const shortTraceId = (id: string): string => `…${id.slice(-6)}`;

/** `1 trace`, `2 traces`. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** The path of a URL, with its query; the text itself where it is not a URL. */
export function pathOf(url: string): string {
  const at = /^[a-z]+:\/\/[^/]*(\/.*)?$/i.exec(url);
  return at ? (at[1] ?? '/') : url;
}
