import type { FactItem } from '../types.ts';

const GUIDE = 'https://docs.aws.amazon.com/xray/latest/devguide';

/** What traces are made of. */
export const anatomy: readonly FactItem[] = [
  {
    id: '1.1-S06',
    c02: '1.1',
    c03: '1.1',
    type: 'single',
    difficulty: 'easy',
    facts: ['A19', 'A20'],
    stem: 'Support staff know the number of an order and want to find its trace with a filter expression. How should the order service record the number?',
    options: [
      {
        text: 'As an annotation on its segment',
        correct: true,
        why: 'Annotations are indexed, so annotation.orderId = "…" finds the trace.',
        doc: `${GUIDE}/xray-console-filters.html`,
      },
      {
        text: 'As metadata in a namespace of its own',
        correct: false,
        family: 'W10',
        why: 'Metadata is kept with the trace and is not indexed; no filter expression sees it.',
        doc: `${GUIDE}/xray-concepts.html`,
      },
      {
        text: 'As a field of the structured log line',
        correct: false,
        family: 'W01',
        why: 'Log lines are not part of a trace; a filter expression can not reach them.',
        doc: `${GUIDE}/xray-concepts.html`,
      },
      {
        text: 'As the Parent part of the tracing header',
        correct: false,
        family: 'W17',
        why: "Parent is the id of the caller's subsegment; another value breaks the trace.",
        doc: `${GUIDE}/xray-concepts.html`,
      },
    ],
    lab: '01-your-first-trace',
  },
  {
    id: '1.1-S12',
    c02: '1.1',
    c03: '1.1',
    type: 'single',
    difficulty: 'medium',
    facts: ['A04', 'A05'],
    stem: 'A developer builds segment documents by hand, and X-Ray refuses some of them. Which value is a well-formed trace id?',
    options: [
      {
        text: '1-5f2e8a3b-1a2b3c4d5e6f7a8b9c0d1e2f',
        correct: true,
        why: '1-, eight hex digits for the time, -, and 24 hex digits.',
        doc: `${GUIDE}/xray-api-segmentdocuments.html`,
      },
      {
        text: '1-5f2e8a3b-1a2b3c4d5e6f7g8h9i0j1k2l',
        correct: false,
        family: 'W17',
        why: 'The letters g to l are not hex digits.',
        doc: `${GUIDE}/xray-api-segmentdocuments.html`,
      },
      {
        text: '5f2e8a3b-1a2b-3c4d-5e6f-7a8b9c0d1e2f',
        correct: false,
        family: 'W17',
        why: 'This is a UUID; it has neither the version 1- nor the time where X-Ray reads it.',
        doc: `${GUIDE}/xray-api-segmentdocuments.html`,
      },
      {
        text: '1-5f2e8a3b1a-2b3c4d5e6f7a8b9c0d1e2f',
        correct: false,
        family: 'W26',
        why: 'The time has ten digits instead of eight, and the rest 22 instead of 24.',
        doc: `${GUIDE}/xray-api-segmentdocuments.html`,
      },
    ],
    lab: '01-your-first-trace',
    todayNote: 'The eight digits are epoch seconds: 5f2e8a3b is 8 August 2020, 11:19:23 UTC.',
    examNote: 'Some study guides print a sample id with the letters g to l in it; X-Ray refuses such an id.',
  },
];
