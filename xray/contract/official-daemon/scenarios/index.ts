import type { Scenario } from '../scenario.ts';
import { documents } from './documents.ts';
import { lastWords } from './last-words.ts';
import { log } from './log.ts';
import { proxy } from './proxy.ts';
import { requests } from './requests.ts';
import { surroundings } from './surroundings.ts';

/** Everything in which our daemon is held to AWS's own. A new one here needs its recording: `record.ts`. */
export const scenarios: readonly Scenario[] = [
  ...documents,
  ...requests,
  ...proxy,
  ...surroundings,
  ...log,
  ...lastWords,
];
