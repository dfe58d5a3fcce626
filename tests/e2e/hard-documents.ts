import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Segment, SegmentDocument, Subsegment } from '@xray-lab/xray/model';

/** Documents that X-Ray accepts and that few SDKs write: what a page must show all the same. */

export const newId = () => randomBytes(8).toString('hex');
export const newTrace = () =>
  `1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;

/** A moment ago, so that the newest range has it and the trace is at rest. */
const start = () => Date.now() / 1000 - 5;

export function segment(name: string, more: Partial<Segment> = {}): Segment {
  const start_time = start();
  return { id: newId(), name, trace_id: newTrace(), start_time, end_time: start_time + 1, ...more };
}

export function subsegment(name: string, more: Partial<Subsegment> = {}): Subsegment {
  const start_time = start() + 0.1;
  return { id: newId(), name, start_time, end_time: start_time + 0.2, ...more };
}

/** Sends documents to the X-Ray API; fails when one is refused. */
export async function put(xray: string, documents: readonly SegmentDocument[]): Promise<void> {
  for (let from = 0; from < documents.length; from += 50) {
    const { status, body } = await putTexts(
      xray,
      documents.slice(from, from + 50).map((document) => JSON.stringify(document)),
    );
    assert.deepEqual([status, body], [200, { UnprocessedTraceSegments: [] }]);
  }
}

/** Sends whatever it is given. */
export async function putTexts(
  xray: string,
  texts: readonly string[],
): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${xray}/TraceSegments`, {
    method: 'POST',
    body: JSON.stringify({ TraceSegmentDocuments: texts }),
  });
  return { status: answer.status, body: await answer.json() };
}

const twin = '00000000000000aa';
const word = (length: number) => 'x'.repeat(length);

export interface HardTrace {
  /** What is hard about it: the name of its test. */
  name: string;
  documents: SegmentDocument[];
  /** Rows that the timeline has by segment. */
  rows: number;
  /** The row whose details are opened, and what is to be read in one of its tabs. */
  row: RegExp;
  tab: string;
  reads: RegExp;
}

/** One trace each. */
export function hardTraces(): HardTrace[] {
  const own = segment('own-id');
  const frames = Array.from({ length: 100 }, (_, line) => ({
    path: `/app/${word(300)}.js`,
    line,
    label: word(100),
  }));
  return [
    {
      name: 'two subsegments with one id',
      documents: [
        segment('twin-ids', {
          subsegments: [
            subsegment('first', { id: twin, subsegments: [subsegment('deep', { id: twin })] }),
            subsegment('second', { id: twin, annotations: { place: 'second' } }),
          ],
        }),
      ],
      rows: 4,
      row: /^second/,
      tab: 'Annotations',
      reads: /place.*second/s,
    },
    {
      name: 'a subsegment with the id of its segment',
      documents: [{ ...own, subsegments: [subsegment('inner', { id: own.id })] }],
      rows: 2,
      row: /^inner/,
      tab: 'Overview',
      reads: /Subsegment id/,
    },
    {
      name: 'two exceptions without an id, and two with the same',
      documents: [
        segment('exceptions', {
          fault: true,
          cause: {
            exceptions: [
              { message: 'first' },
              { message: 'second' },
              { id: twin, message: 'third' },
              { id: twin, message: word(5000), type: word(500), stack: frames },
            ],
          } as NonNullable<Segment['cause']>,
        }),
      ],
      rows: 1,
      row: /^exceptions/,
      tab: 'Exceptions',
      reads: /first.*second.*third/s,
    },
    {
      name: 'members of aws and service that flatten to one name',
      documents: [
        segment('flat-names', {
          aws: { 'a.b': 1, a: { b: 2 }, service: { version: 3 }, list: [{ deep: 4 }, 5] },
          service: { version: 6 },
        }),
      ],
      rows: 1,
      row: /^flat-names/,
      tab: 'Resources',
      reads: /a\.b\s*1.*a\.b\s*2.*service\.version\s*3.*\{"deep":4\}, 5.*service\.version\s*6/s,
    },
    {
      name: 'annotations that are called as members of every object',
      documents: [
        segment('inherited', { annotations: { constructor: 'c', toString: 't', valueOf: 7 } as never }),
      ],
      rows: 1,
      row: /^inherited/,
      tab: 'Annotations',
      reads: /constructor.*c.*toString.*t.*valueOf.*7/s,
    },
    {
      name: 'texts that are longer than any panel',
      documents: [
        segment(word(200), {
          origin: word(300),
          user: word(1600),
          http: {
            request: { method: 'GET', url: `http://shop/${word(1588)}`, user_agent: word(2000) },
            response: { status: 200 },
          },
          annotations: { long: word(20_000) },
          aws: { operation: word(1000), table_name: word(1000), note: word(3000) },
          metadata: { [word(500)]: { text: word(10_000) } },
        }),
      ],
      rows: 1,
      row: /^xxx/,
      tab: 'Overview',
      reads: /User agent/,
    },
    {
      name: 'a document of 64 KB, nearly all of it one annotation',
      documents: [segment('heavy', { annotations: { long: word(65_000), short: 'here' } })],
      rows: 1,
      row: /^heavy/,
      tab: 'Annotations',
      reads: /short.*here/s,
    },
    {
      name: 'metadata 150 levels deep',
      documents: [
        segment('deep-metadata', {
          metadata: { top: Array.from({ length: 150 }).reduce<unknown>((inner) => ({ inner }), 'bottom') },
        }),
      ],
      rows: 1,
      row: /^deep-metadata/,
      tab: 'Metadata',
      reads: /top/,
    },
  ];
}

/** Traces whose map is hard to draw: two entry points of one name, and a call beside a link. */
export function hardMap(): SegmentDocument[] {
  const queue = subsegment('mail', { namespace: 'remote' });
  const order = segment('order-api', { origin: 'AWS::ECS::Container', subsegments: [queue] });
  const called = segment('mail', {
    trace_id: order.trace_id,
    parent_id: queue.id,
    origin: 'AWS::EC2::Instance',
  });
  const later = segment('mail', {
    origin: 'AWS::EC2::Instance',
    links: [
      {
        trace_id: order.trace_id,
        id: order.id,
        attributes: { 'aws.xray.reserved.reference_type': 'parent' },
      },
    ],
  });
  return [
    segment('twin-shop', { origin: 'AWS::ECS::Container' }),
    segment('twin-shop', { origin: 'AWS::EC2::Instance' }),
    order,
    called,
    later,
  ];
}

/** A trace of 5,000 rows that X-Ray takes: in 20 segments as services send them, each near 24 KB. */
export function longTrace(rows = 5000): SegmentDocument[] {
  const root = segment('long-trace');
  const perSegment = 250;
  const { trace_id, start_time } = root;
  return Array.from({ length: rows / perSegment }, (_, at): Segment => ({
    ...(at === 0 ? root : { ...segment(`service-${at}`), parent_id: root.id }),
    trace_id,
    start_time,
    end_time: start_time + 5,
    subsegments: Array.from({ length: perSegment - 1 }, (_, row) => ({
      id: newId(),
      name: `c${row}`,
      start_time: start_time + row / 1000,
      end_time: start_time + row / 1000 + 0.01,
    })),
  }));
}
