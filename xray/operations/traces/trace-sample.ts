import { idTail } from '../../model/trace-digest/trace-digest.ts';
import type { TraceId } from '../../model/vocabulary.ts';
import type { TimeRange } from '../../store/store.ts';

/** How a caller asked for a part of the traces: `Value` is the part, 0 to 1. */
export interface SamplingStrategy {
  Name: 'PartialScan' | 'FixedRate';
  Value: number;
}

/** PartialScan looks at a part of the window only: its newest end. */
export function scannedRange(range: TimeRange, strategy: SamplingStrategy | undefined): TimeRange {
  if (strategy?.Name !== 'PartialScan') return range;
  return { ...range, start: range.end - (range.end - range.start) * strategy.Value };
}

/** FixedRate keeps a part of the traces, chosen by their random digits, so that every page agrees on the choice. */
export const isInSample = (id: TraceId, strategy: SamplingStrategy | undefined): boolean =>
  isTailInSample(idTail(id), strategy);

/** The same by the last eight digits, as digests have them. */
export function isTailInSample(tail: number, strategy: SamplingStrategy | undefined): boolean {
  if (strategy?.Name !== 'FixedRate') return true;
  return tail / 0x1_0000_0000 < strategy.Value;
}
