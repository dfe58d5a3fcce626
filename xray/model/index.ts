/**
 * What a trace is: X-Ray's model, as plain functions over plain data. Runs in Node and in the browser, and imports
 * nothing of ours.
 */
export type * from './vocabulary.ts';
export type * from './wire.ts';

export { isEntityId, isTraceId, newEntityId, newTraceId, traceIdTime } from './trace-id.ts';
export { formatTraceHeader, parseTraceHeader, type TraceHeader } from './trace-header.ts';
export { limits as segmentDocumentLimits, parseSegmentDocument } from './segment-document.ts';
export { assembleTrace } from './assemble.ts';
export { awsOf } from './inferred-segments.ts';
export { durationOf, flagsOf, isInProgress, isOk, statusOf, type Flags } from './status.ts';
export { serviceIdOf } from './service-id.ts';
export { summarizeTrace } from './summary.ts';
export { coverageThreshold, rootCausesOf, type RootCauses } from './root-causes.ts';
export { serviceGraph, type TimeWindow } from './service-graph.ts';
export { otelSpans, type OtelSpan } from './otel-span.ts';
export { percentile } from './histogram.ts';
export { flattenRows, traceTree, type TraceTreeRow, type TreeArrangement } from './trace-tree.ts';
export {
  FilterSyntaxError,
  groupsNamedIn,
  matchesFilter,
  parseFilterExpression,
  suggestions,
  type FilterContext,
  type FilterExpression,
  type Suggestion,
} from './filter-expression/index.ts';
export {
  numberIn,
  readAnswer,
  readFilter,
  readNumber,
  readSegmentId,
  readTraceId,
  segmentIdIn,
  shellWords,
  takes,
  textIn,
  traceIdIn,
  type AnswerForm,
  type Reading,
} from './answers/index.ts';
export {
  everySubsegment,
  xrayReader,
  type SendXRay,
  type TimeRange,
  type XRayReader,
} from './trace-reader.ts';
export {
  forms,
  keywords,
  operatorMeanings,
  operatorsOf,
  type Form,
  type Keyword,
} from './filter-expression/grammar.ts';
