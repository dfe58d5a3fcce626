import type { FactItem } from '../types.ts';
import { access } from './access.ts';
import { anatomy } from './anatomy.ts';
import { evidence } from './evidence.ts';
import { finding } from './finding.ts';
import { propagation } from './propagation.ts';
import { sampling } from './sampling.ts';

/** Every fact item. To add a topic: write its file, add its line. */
export const bank: readonly FactItem[] = [
  ...anatomy,
  ...propagation,
  ...sampling,
  ...finding,
  ...evidence,
  ...access,
];
