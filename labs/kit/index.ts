/** What a lab is made of. `labs/NN-name/` and the control plane import from here. */
export {
  annotationOf,
  callsTo,
  checkoutsOfRun,
  ownCheckouts,
  percentile,
  quoted,
  segmentNamed,
  sentSegments,
  windowOfRun,
} from './checkouts.ts';
export { judgedSince, workOf, type Work } from './alive.ts';
export { brokenEdits, stoppedService } from './dead-service.ts';
export { defineLab, LabDefinitionError } from './define-lab.ts';
export { cannotTell, counted, fail, pass } from './findings.ts';
export { runCheck } from './run-check.ts';
export type { Check, CheckContext, Finding, Lab, Step } from './types.ts';
export type { CheckResult } from '../server/contract.ts';
export {
  numberIn,
  segmentIdIn,
  textIn,
  traceIdIn,
  xrayReader,
  type SendXRay,
  type XRayReader,
} from '@xray-lab/xray/model';
export type { Learner, NearMiss, Solution } from './learner.ts';
