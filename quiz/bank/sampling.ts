import type { FactItem } from '../types.ts';

const GUIDE = 'https://docs.aws.amazon.com/xray/latest/devguide';

/** What is recorded, and what is not. */
export const sampling: readonly FactItem[] = [
  {
    id: '1.1-S16',
    c02: '1.1',
    c03: '1.1',
    type: 'single',
    difficulty: 'medium',
    facts: ['D05', 'D17'],
    stem: 'To save cost, a team wants to look at traces of failed checkouts and at no others. Its services use the X-Ray SDK for Node.js. What is the best way?',
    options: [
      {
        text: 'Record at a base rate, and find the failed ones with a filter',
        correct: true,
        why: 'A sampling decision is taken before the outcome is known; filters and groups look at the outcome.',
        doc: `${GUIDE}/xray-console-filters.html`,
      },
      {
        text: 'Write a sampling rule with the condition that status is 5xx',
        correct: false,
        family: 'W11',
        why: 'Rules match what is known when a request begins: service, host, method, path.',
        doc: `${GUIDE}/xray-console-sampling.html`,
      },
      {
        text: 'Set the rate to 0 and raise the reservoir for failed requests',
        correct: false,
        family: 'W11',
        why: 'The reservoir counts requests per second and knows nothing of their outcome.',
        doc: `${GUIDE}/xray-console-sampling.html`,
      },
      {
        text: 'Grant PutTraceSegments for documents with a fault flag alone',
        correct: false,
        family: 'W16',
        why: 'IAM can not look into documents, and PutTraceSegments has no resource-level permission.',
        doc: `${GUIDE}/security_iam_service-with-iam.html`,
      },
    ],
    todayNote:
      'Adaptive sampling (ADOT for Java and Python) can raise the rate while anomalies occur. It does not exist in the X-Ray SDK for Node.js.',
    examNote: 'Some study guides say that a sampling rule can keep error traces only; no rule can.',
  },
];
