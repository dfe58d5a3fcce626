import type { Lab } from './kit/index.ts';
import { lab as yourFirstTrace } from './01-your-first-trace/lab.ts';
import { lab as slowPayment } from './02-slow-payment/lab.ts';

/** Every lab, in the order in which they are learnt. To add a lab: write its folder, add its line. */
export const labs: readonly Lab[] = [yourFirstTrace, slowPayment];
