import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Entity } from '../../../sample-app/tests/shop.ts';

/** One trace that the shop left: the documents its services sent. */
export interface RecordedTrace {
  id: string;
  segments: Entity[];
}

/**
 * By what was on: `healthy` is nothing, `ID` a fault, and `ID without N` the same fault without its primitive number N, which
 * is how a fault looks of which a part does not work.
 */
export type Recordings = Record<string, RecordedTrace[]>;

const file = join(import.meta.dirname, 'recordings.json.gz');

export const readRecordings = (): Recordings =>
  JSON.parse(gunzipSync(readFileSync(file)).toString()) as Recordings;

/** What is recorded anew takes the place of what there was; the rest stays. */
export function writeRecordings(recordings: Recordings): void {
  const sorted = Object.fromEntries(Object.entries(recordings).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(file, gzipSync(JSON.stringify(sorted), { level: 9 }));
}

/** A document without the paths of the machine it was made on: where exceptions were thrown. */
export const withoutPaths = (segment: Entity): Entity =>
  JSON.parse(
    JSON.stringify(segment, (key, value: unknown) =>
      key === 'working_directory' || key === 'stack' ? undefined : value,
    ),
  ) as Entity;
