/** Units that answers are given in, and how each turns into the one that was asked for. */

export type UnitKind = 'time' | 'share';

export interface Unit {
  kind: UnitKind;
  /** In seconds, or as a share of one. */
  size: number;
  /** As a form writes it: `seconds`. */
  plural: string;
}

const unit = (kind: UnitKind, size: number, plural: string, ...spellings: string[]) =>
  spellings.map((spelling) => [spelling, { kind, size, plural }] as const);

const spellings = new Map<string, Unit>([
  ...unit('time', 1e-9, 'nanoseconds', 'ns', 'nanosecond', 'nanoseconds'),
  // Two characters look like this letter: the micro sign and the Greek one.
  ...unit('time', 1e-6, 'microseconds', 'us', 'µs', 'μs', 'microsecond', 'microseconds'),
  ...unit('time', 1e-3, 'milliseconds', 'ms', 'msec', 'msecs', 'millis', 'millisecond', 'milliseconds'),
  ...unit('time', 1, 'seconds', 's', 'sec', 'secs', 'second', 'seconds'),
  ...unit('time', 60, 'minutes', 'm', 'min', 'mins', 'minute', 'minutes'),
  ...unit('time', 3600, 'hours', 'h', 'hr', 'hrs', 'hour', 'hours'),
  ...unit('share', 0.01, 'per cent', '%', 'percent', 'pct'),
  ...unit('share', 1, 'shares of 1', 'share'),
]);

/** A unit by any of its spellings, in lower case; undefined for other words, such as `services`. */
export const unitOf = (spelling: string | undefined): Unit | undefined => spellings.get(spelling ?? '');
