import type { FactItem } from '../types.ts';

const GUIDE = 'https://docs.aws.amazon.com/xray/latest/devguide';
const API = 'https://docs.aws.amazon.com/xray/latest/api';

/** How traces are found. */
export const finding: readonly FactItem[] = [
  {
    id: '1.1-S17',
    c02: '1.1',
    c03: '1.1',
    type: 'single',
    difficulty: 'medium',
    facts: ['F05', 'G07'],
    stem: 'The inventory service answers 503 to some orders. The order service copes, and customers get a 201. Which filter expression finds these traces?',
    options: [
      {
        text: 'ok AND service("inventory") { fault }',
        correct: true,
        why: 'ok looks at the root, the braces look at the segments of inventory.',
        doc: `${GUIDE}/xray-console-filters.html`,
      },
      {
        text: 'fault AND service("inventory")',
        correct: false,
        family: 'W18',
        why: 'fault alone looks at the root, and the root of these traces is ok.',
        doc: `${GUIDE}/xray-console-filters.html`,
      },
      {
        text: 'ok AND service("inventory") { error }',
        correct: false,
        family: 'W20',
        why: 'error is a 4xx; a 503 is recorded as fault.',
        doc: `${GUIDE}/xray-concepts.html`,
      },
      {
        text: 'http.status = 503 AND service("inventory")',
        correct: false,
        family: 'W20',
        why: 'http.status is the status of the root, which is 201 here.',
        doc: `${GUIDE}/xray-console-filters.html`,
      },
    ],
  },
  {
    id: '1.1-S18',
    c02: '1.1',
    c03: '1.1',
    type: 'single',
    difficulty: 'medium',
    facts: ['F01'],
    stem: 'A script must download the complete segment documents of all slow traces of the last hour. Which calls does it need?',
    options: [
      {
        text: 'GetTraceSummaries with a filter, then BatchGetTraces',
        correct: true,
        why: 'The first finds ids by time and filter, the second returns documents, five ids per call.',
        doc: `${API}/API_BatchGetTraces.html`,
      },
      {
        text: 'GetTraces with a filter, then GetTrace for each id',
        correct: false,
        family: 'W13',
        why: 'X-Ray has no operation of either name.',
        doc: `${API}/API_Operations.html`,
      },
      {
        text: 'GetServiceGraph with a filter, then GetTraceGraph',
        correct: false,
        family: 'W18',
        why: 'Both return nodes and edges with statistics, and no segment document.',
        doc: `${API}/API_GetTraceGraph.html`,
      },
      {
        text: 'LookupEvents for the last hour, then BatchGetTraces',
        correct: false,
        family: 'W05',
        why: 'CloudTrail events say who called which AWS API; they hold no traced requests.',
        doc: `${GUIDE}/xray-api-cloudtrail.html`,
      },
    ],
    todayNote:
      'With Transaction Search, spans that are not indexed are not found by BatchGetTraces; StartTraceRetrieval and ListRetrievedTraces read those.',
    examNote: 'Some study guides show a command get-traces or an operation GetTrace; neither exists.',
  },
];
