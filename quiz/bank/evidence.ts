import type { FactItem } from '../types.ts';

const GUIDE = 'https://docs.aws.amazon.com/xray/latest/devguide';
const DYNAMODB = 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide';

/** What the evidence in a trace means. */
export const evidence: readonly FactItem[] = [
  {
    id: '1.2-S08',
    c02: '1.2',
    c03: '1.2',
    type: 'single',
    difficulty: 'hard',
    facts: ['G03', 'G04', 'G06'],
    stem: 'In slow checkouts, the PutItem subsegment of the order service has status 400, throttle true and the exception ProvisionedThroughputExceededException. Which change removes the cause?',
    options: [
      {
        text: "Raise the table's write capacity",
        correct: true,
        why: 'PutItem writes, and the throttle flag says that the table has too few write units.',
        doc: `${DYNAMODB}/Programming.Errors.html`,
      },
      {
        text: "Raise the table's read capacity",
        correct: false,
        family: 'W09',
        why: 'Read units serve GetItem and Query; the operation here is PutItem.',
        doc: `${DYNAMODB}/Programming.Errors.html`,
      },
      {
        text: 'Allow dynamodb:PutItem in the task role',
        correct: false,
        family: 'W20',
        why: 'A missing permission is an AccessDeniedException and never sets throttle.',
        doc: `${DYNAMODB}/Programming.Errors.html`,
      },
      {
        text: 'Run more copies of the order service',
        correct: false,
        family: 'W23',
        why: 'More writers ask the same table for more writes.',
        doc: `${DYNAMODB}/Programming.Errors.html`,
      },
    ],
    todayNote:
      'On-demand mode or auto scaling does it as well. The X-Ray SDK for Node.js also sets error and fault on such a subsegment, because the call was rejected.',
    examNote: 'Some study guides cure every throttled table with read capacity, whatever the operation was.',
  },
  {
    id: '1.2-R02',
    c02: '1.2',
    c03: '1.2',
    type: 'multiple',
    difficulty: 'medium',
    facts: ['G08', 'G12'],
    stem: 'Traces of a shop show three calls to a payment provider side by side, each as long as the timeout. Which TWO changes end this retry storm while the provider is down?',
    options: [
      {
        text: 'Put a circuit breaker around the call',
        correct: true,
        why: 'After some failures it refuses at once, which shows as a segment without the call below it.',
        doc: 'https://docs.aws.amazon.com/prescriptive-guidance/latest/cloud-design-patterns/circuit-breaker.html',
      },
      {
        text: 'Make fewer attempts, with growing pauses',
        correct: true,
        why: 'Fewer attempts wait less and spare the provider; pauses keep callers from coming all at once.',
        doc: 'https://docs.aws.amazon.com/prescriptive-guidance/latest/cloud-design-patterns/retry-backoff.html',
      },
      {
        text: 'Raise the write capacity of its table',
        correct: false,
        family: 'W09',
        why: 'Nothing in these traces waits for a table.',
        doc: `${DYNAMODB}/Programming.Errors.html`,
      },
      {
        text: 'Restart the gateway, which is slowest',
        correct: false,
        family: 'W23',
        why: 'The gateway waits for what lies below it; restarted, it waits again.',
        doc: `${GUIDE}/xray-console-servicemap.html`,
      },
      {
        text: 'Sample all requests of the provider',
        correct: false,
        family: 'W12',
        why: 'Sampling decides what is recorded; it changes no request.',
        doc: `${GUIDE}/xray-console-sampling.html`,
      },
    ],
    lab: '02-slow-payment',
  },
];
