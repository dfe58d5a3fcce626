import { defineLab } from '../kit/index.ts';
import {
  checkoutIsJoined,
  filterFindsYourOrder,
  servicesAreCounted,
  slowestCallIsNamed,
  traceIdIsYours,
} from './checks.ts';

export const lab = defineLab({
  id: '01-your-first-trace',
  title: 'Your first trace',
  summary: 'Buy something, and follow your order through every service it touched.',
  minutes: 15,
  level: 'beginner',
  maps: { c02: ['1.1'], c03: ['1.1'] },
  requires: ['gateway', 'auth', 'order', 'payment', 'inventory', 'xray-daemon', 'xray-api'],
  faults: [],
  traffic: 'calm',
  edits: [],
  steps: [
    {
      id: 'send-checkout',
      title: 'Send a checkout',
      goal: 'Buy something, so that one trace with the segments of all services arrives.',
      kind: 'do',
      points: 20,
      hints: [
        'A trace begins with a request. Nothing is recorded until somebody buys something.',
        'The button "Send a checkout" above, or the command `npm run lab -- send`, buys as customer `you`.',
        'Wait a second or two: each service sends its segment when its part is complete. Look at `trace_id` and `parent_id`.',
      ],
      solution: 'Run `npm run lab -- send` once, and check again after two seconds.',
      check: checkoutIsJoined,
    },
    {
      id: 'find-trace-id',
      title: 'Find its trace id',
      goal: 'Hand in the id of the trace that your checkout left.',
      kind: 'answer',
      answer: { type: 'trace-id', label: 'Trace id of your checkout' },
      points: 15,
      hints: [
        'The first service that knows X-Ray makes the id, and it can tell the client which one it made.',
        'The command `npm run lab -- send` prints it; the trace list of the console has it, too.',
        'In the trace list, look for the row whose annotation `customerId` is yours.',
      ],
      solution:
        'Filter the trace list with `annotation.customerId = "you"` and copy the id of the newest row. It begins with `1-`.',
      check: traceIdIsYours,
    },
    {
      id: 'count-services',
      title: 'Count the services',
      goal: 'Say how many services sent a segment for your checkout.',
      kind: 'answer',
      answer: { type: 'number', label: 'Services that sent a segment', unit: 'services' },
      points: 15,
      hints: [
        'A segment is the work of one service for one request. Something that sends nothing has none of its own.',
        'Open the trace. In the call tree the names of segments are bold, and those of subsegments are not.',
        'Documents with `"inferred": true` were made by X-Ray from a caller\'s subsegment: they do not count.',
      ],
      solution:
        'Open *Raw data* of your trace and count the documents without `inferred`: gateway and every service behind it that is instrumented.',
      check: servicesAreCounted,
    },
    {
      id: 'slowest-call',
      title: 'Find what order waited for',
      goal: "Hand in the id of the subsegment in order's segment that took longest.",
      kind: 'answer',
      answer: { type: 'segment-id', label: 'Id of the subsegment' },
      points: 20,
      hints: [
        "A call appears twice: in the caller's subsegment and in the callee's segment. Here the caller counts.",
        "In the waterfall, find order's own row and compare the bars directly below it.",
        "The panel of a row shows its `id`: 16 hex digits. Take a row inside order's segment, not the segment behind it.",
      ],
      solution:
        'In the raw data, take the document whose `name` is `order`, subtract `start_time` from `end_time` for each entry of `subsegments`, and copy the `id` of the greatest.',
      check: slowestCallIsNamed,
    },
    {
      id: 'filter-by-annotation',
      title: 'Find it again by an annotation',
      goal: 'Send one more checkout. Then write a filter expression that returns one of your orders and no other.',
      kind: 'answer',
      answer: { type: 'filter', label: 'Filter expression' },
      points: 30,
      hints: [
        'Annotations are indexed for filters, metadata is not. Which annotation is different for every order?',
        'The segment panel of order has a tab "Annotations"; the filter bar completes their names.',
        'Compare an annotation with `annotation.KEY = "VALUE"`; text stands in double quotes.',
      ],
      solution:
        'Send a second checkout. Take the value of the annotation `orderId` from one of your two traces and write `annotation.orderId = "…"` with it.',
      check: filterFindsYourOrder,
    },
  ],
});
