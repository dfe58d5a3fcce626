import type { FactItem } from '../types.ts';

const GUIDE = 'https://docs.aws.amazon.com/xray/latest/devguide';

/** How a trace gets from one service to the next, and from the services to X-Ray. */
export const propagation: readonly FactItem[] = [
  {
    id: '1.1-S03',
    c02: '1.1',
    c03: '1.1',
    type: 'single',
    difficulty: 'easy',
    facts: ['B01'],
    stem: 'A service written in-house calls another one, and their segments end up in two traces. Which request header must the caller pass on to have one trace?',
    options: [
      {
        text: 'X-Amzn-Trace-Id',
        correct: true,
        why: 'It carries Root, Parent and Sampled, from which the callee joins the same trace.',
        doc: `${GUIDE}/xray-concepts.html`,
      },
      {
        text: 'X-Amzn-RequestId',
        correct: false,
        family: 'W17',
        why: 'It names one call of an AWS API and differs from hop to hop.',
        doc: `${GUIDE}/xray-concepts.html`,
      },
      {
        text: 'X-Forwarded-For',
        correct: false,
        family: 'W17',
        why: "It carries the client's address; X-Ray records it and joins nothing by it.",
        doc: `${GUIDE}/xray-api-segmentdocuments.html`,
      },
      {
        text: 'X-Correlation-Id',
        correct: false,
        family: 'W24',
        why: 'A header of your own helps to join logs by hand; X-Ray does not read it.',
        doc: `${GUIDE}/xray-concepts.html`,
      },
    ],
  },
  {
    id: '1.1-S04',
    c02: '1.1',
    c03: '1.1',
    type: 'single',
    difficulty: 'easy',
    facts: ['C01', 'C02'],
    stem: 'The X-Ray daemon on a host has crashed. What happens to the instrumented application on that host?',
    options: [
      {
        text: 'It answers as before, and its segments are lost',
        correct: true,
        why: 'The SDK sends by UDP to port 2000 and does not wait for anybody to receive it.',
        doc: `${GUIDE}/xray-daemon.html`,
      },
      {
        text: 'It keeps its segments on disk and sends them later',
        correct: false,
        family: 'W15',
        why: 'The SDK has no such buffer; what is sent by UDP to nobody is gone.',
        doc: `${GUIDE}/xray-daemon.html`,
      },
      {
        text: 'It sends its segments to AWS by HTTPS on its own',
        correct: false,
        family: 'W15',
        why: 'Only the daemon uploads; the SDK knows nothing but the address of the daemon.',
        doc: `${GUIDE}/xray-daemon.html`,
      },
      {
        text: 'It answers with errors until sampling is lowered',
        correct: false,
        family: 'W12',
        why: 'Tracing does not fail requests, and sampling decides what is recorded, not what is answered.',
        doc: `${GUIDE}/xray-console-sampling.html`,
      },
    ],
    todayNote:
      "X-Ray's SDKs and daemon are in maintenance mode since 25 February 2026; new services use OpenTelemetry and may send to the CloudWatch agent.",
  },
];
