/** For tests of operations: what they may use, with an empty store. */
import { limitProfiles } from '../limits.ts';
import { openStore } from '../store/sqlite/index.ts';
import type { OperationContext } from './operation.ts';

/** @param now Epoch seconds with a fraction. */
export const emptyContext = (now: () => number): OperationContext => ({
  store: openStore(':memory:'),
  now,
  limits: limitProfiles.aws,
  region: 'us-east-1',
  accountId: '000000000000',
});
