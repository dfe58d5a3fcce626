/** JSON from outside: measured before it is made, read in turns with other work, checked up to the first few mistakes. */
export { listOf } from './list.ts';
export { readItems, type ItemsOptions } from './read-items.ts';
export { takingTurns, type Turns } from '../turns.ts';
export { NotJson, readJson } from './read-json.ts';
export { JsonLimitExceeded, usualLimits, type JsonLimits } from './value-scan.ts';
