import type { Defect } from '../defect.ts';
import { daemon } from './daemon.ts';
import { labKit } from './lab-kit.ts';
import { labs } from './labs.ts';
import { labServer } from './lab-server.ts';
import { quiz } from './quiz.ts';
import { setUp } from './set-up.ts';
import { shop } from './shop.ts';
import { traces } from './traces.ts';
import { xrayApi } from './xray-api.ts';

/** Every planted defect. To add one: a row in the file of its area. */
export const defects: readonly Defect[] = [
  ...traces,
  ...xrayApi,
  ...daemon,
  ...shop,
  ...labServer,
  ...labKit,
  ...labs,
  ...quiz,
  ...setUp,
];
