/** recordings.json: what AWS's own daemon did in each scenario. Facts, written by record.ts and by nobody else. */
import { readFileSync } from 'node:fs';

export interface Recordings {
  source: {
    program: 'AWS X-Ray daemon';
    version: string;
    /** In https://github.com/aws/aws-xray-daemon. */
    commit: string;
    /** `2026-11-22`. */
    recorded: string;
  };
  /** What was observed, by the scenario's name. */
  observed: Record<string, unknown>;
}

export const recordingsFile = new URL('recordings.json', import.meta.url);

export const readRecordings = (): Recordings =>
  JSON.parse(readFileSync(recordingsFile, 'utf8')) as Recordings;

/** What was observed, as it reads once it has been written and read again: without undefined members. */
export const asRecorded = (observed: unknown): unknown => JSON.parse(JSON.stringify(observed));
