import { parsed } from '../../frame/stored.ts';

/** The last expression of this tab that X-Ray took: what is shown when an address brings one that it refuses. */
const key = 'xray-lab.last-good-filter';

/** Remembers an expression that X-Ray took, the empty one among them. */
export function keepGood(filter: string, storage: Pick<Storage, 'setItem'>): void {
  try {
    storage.setItem(key, JSON.stringify(filter));
  } catch {
    // A browser that keeps nothing shows all traces instead.
  }
}

/** The expression to fall back to, or none, which every X-Ray takes. */
export function lastGood(storage: Pick<Storage, 'getItem'>, refused: string): string {
  const kept = parsed(storage.getItem(key));
  return typeof kept === 'string' && kept !== refused ? kept : '';
}

/** Says what the rows below a refused expression are. */
export const belowWords = (shown: string): string =>
  shown ? `Below: the traces of \`${shown.replaceAll('`', "'")}\`` : 'Below: all traces of the range';
