import type { Defect } from '../defect.ts';

/** What a trace means: status, joining, filters, graph, statistics. */
export const traces: readonly Defect[] = [
  {
    name: 'a fault no longer outranks a throttle',
    file: 'xray/model/status.ts',
    replace: `['fault', 'throttle', 'error'] as const`,
    with: `['error', 'throttle', 'fault'] as const`,
    red: { file: 'xray/model/status.test.ts', test: 'a fault outranks everything' },
  },
  {
    name: 'a 500 is no fault',
    file: 'xray/model/status.ts',
    replace: 'fault: status >= 500',
    with: 'fault: status > 500',
    red: { file: 'xray/model/status.test.ts', test: 'without flags, 500, 599 mean fault' },
  },
  {
    name: 'what has not ended is ok',
    file: 'xray/model/status.ts',
    replace: 'status === undefined ? !isInProgress(entity)',
    with: 'status === undefined ? true',
    red: { file: 'xray/model/status.test.ts', test: 'ok means 2xx, or no status and nothing flagged' },
  },
  {
    name: 'HasFault speaks of every segment',
    file: 'xray/model/summary.ts',
    replace: 'HasFault: flags?.fault ?? false',
    with: 'HasFault: trace.segments.some((segment) => flagsOf(segment).fault)',
    red: { file: 'xray/model/summary.test.ts', test: 'a fault that the root survived is not in HasFault' },
  },
  {
    name: 'HasThrottle speaks of the root only',
    file: 'xray/model/summary.ts',
    replace: 'HasThrottle: trace.segments.some((segment) => flagsOf(segment).throttle)',
    with: 'HasThrottle: flags?.throttle ?? false',
    red: {
      file: 'xray/model/summary.test.ts',
      test: 'a throttle anywhere is in HasThrottle, an error that is not the root’s is not in HasError',
    },
  },
  {
    name: 'a table is read from a member of another name',
    file: 'xray/model/inferred-segments.ts',
    replace: 'text(aws.table_name)',
    with: 'text(aws.tableName)',
    red: {
      file: 'xray/model/inferred-segments.test.ts',
      test: 'DynamoDB with a table is the node orders of type AWS::DynamoDB::Table',
    },
  },
  {
    name: 'nothing is inferred from calls over HTTP',
    file: 'xray/model/inferred-segments.ts',
    replace: `subsegment.namespace === 'aws' || subsegment.namespace === 'remote'`,
    with: `subsegment.namespace === 'aws'`,
    red: {
      file: 'xray/model/inferred-segments.test.ts',
      test: 'a host that sent nothing, although the call says traced is the node api.example.com of type remote',
    },
  },
  {
    name: 'a segment in progress stands in the place of the complete one',
    file: 'xray/model/assemble.ts',
    replace: 'return nextEnd > otherEnd;',
    with: 'return nextEnd < otherEnd;',
    red: {
      file: 'xray/model/assemble.test.ts',
      test: 'a complete segment replaces the one in progress, whichever comes first',
    },
  },
  {
    name: 'what arrives last wins',
    file: 'xray/model/assemble.ts',
    replace: 'return nextEnd > otherEnd;',
    with: 'return true;',
    red: {
      file: 'xray/model/properties.test.ts',
      test: 'the order of documents, repetitions, and open copies of what has ended make no difference',
    },
  },
  {
    name: 'the first segment is the root, whoever called it',
    file: 'xray/model/assemble.ts',
    replace: 'const parentless = segments.find((segment) => segment.parent_id === undefined);',
    with: 'const parentless = segments[0];',
    red: { file: 'xray/model/assemble.test.ts', test: 'the root is the segment without parent' },
  },
  {
    name: 'a filter compares a text with a number',
    file: 'xray/model/filter-expression/matcher.ts',
    replace: 'if (typeof actual !== typeof wanted) return false;',
    with: '',
    red: {
      file: 'xray/model/filter-expression/matcher.test.ts',
      test: 'annotation.age > 29: numeric annotation',
    },
  },
  {
    name: '!= holds for what was not recorded',
    file: 'xray/model/filter-expression/matcher.ts',
    replace: 'if (value === undefined) return false;',
    with: `if (value === undefined) return operator === '!=';`,
    red: {
      file: 'xray/model/filter-expression/matcher.test.ts',
      test: 'a comparison with what was not recorded holds for no operator',
    },
  },
  {
    name: 'edge() takes every caller',
    file: 'xray/model/filter-expression/matcher.ts',
    replace: 'isSelected(call.caller, expression.from) &&',
    with: '',
    red: {
      file: 'xray/model/filter-expression/matcher.test.ts',
      test: 'edge(id(name: "one", type: "t1"), id(name: "two", type: "t2")) { fault }: typed edge',
    },
  },
  {
    name: 'service() takes every service',
    file: 'xray/model/filter-expression/matcher.ts',
    replace: 'if (isSelected(segment, expression.selector)) yield',
    with: 'yield',
    red: {
      file: 'xray/model/filter-expression/matcher.test.ts',
      test: 'service(id(name: "orders", type: "AWS::DynamoDB::Table")) { throttle }: throttled table',
    },
  },
  {
    name: 'a negation is no negation',
    file: 'xray/model/filter-expression/matcher.ts',
    replace: 'return !matches(expression.term, subject, context);',
    with: 'return matches(expression.term, subject, context);',
    red: {
      file: 'xray/model/properties.test.ts',
      test: 'a filter and its opposite divide the traces between them',
    },
  },
  {
    name: 'AND holds when one of its terms does',
    file: 'xray/model/filter-expression/matcher.ts',
    replace: 'return expression.terms.every((term)',
    with: 'return expression.terms.some((term)',
    red: { file: 'xray/model/properties.test.ts', test: 'AND, juxtaposition and OR are what logic says' },
  },
  {
    name: 'a digest takes annotations of other segments for the service’s own',
    file: 'xray/model/filter-expression/digest-matcher.ts',
    replace: `if (subject === 'service' && block.attributeRow[i] !== segment) continue;`,
    with: '',
    red: {
      file: 'xray/model/trace-digest/trace-digest.test.ts',
      test: 'whatever trace and expression, a digest answers as its trace does, or that it cannot tell',
    },
  },
  {
    name: 'faults are counted as successes',
    file: 'xray/model/statistics.ts',
    replace: 'bucketOfFlags[flags & 7]',
    with: 'bucketOfFlags[flags & 3]',
    red: {
      file: 'xray/model/service-graph.test.ts',
      test: 'a handled fault is a fault on the edge and a success at the entrance',
    },
  },
  {
    name: 'what is in progress is counted',
    file: 'xray/model/statistics.ts',
    replace: 'if (seconds !== seconds) return;',
    with: '',
    red: {
      file: 'xray/model/service-graph.test.ts',
      test: 'what is in progress draws its node and is not counted',
    },
  },
  {
    name: 'the response time is that of the last request only',
    file: 'xray/model/statistics.ts',
    replace: 'this.#responseTime += duration;',
    with: 'this.#responseTime = duration;',
    red: {
      file: 'xray/model/service-graph.test.ts',
      test: 'the response time of a node and of an edge is the sum of all its requests',
    },
  },
  {
    name: 'a percentile is one request too high',
    file: 'xray/model/histogram.ts',
    replace: '>= share * total',
    with: '> share * total',
    red: {
      file: 'xray/model/histogram.test.ts',
      test: 'of nine requests at 0.1 s and one at 3 s, p90 is 0.1 s',
    },
  },
  {
    name: 'a trace counts in the period after the one in which it started',
    file: 'xray/model/time-series.ts',
    replace: 'Math.floor((block.startTime[slot]! - start) / period)',
    with: 'Math.ceil((block.startTime[slot]! - start) / period)',
    red: {
      file: 'xray/model/time-series.test.ts',
      test: 'a trace counts in the period in which it started: just before its end',
    },
  },
];
