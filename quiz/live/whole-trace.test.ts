import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { assembleTrace, type Segment, type Trace, type XRayReader } from '@xray-lab/xray/model';
import { randomFromText } from '../draw.ts';
import { inventoryUnavailable } from './inventory-unavailable.ts';
import { prepareLive } from './prepare.ts';
import { isWhole } from './whole-trace.ts';
import { simulateCheckout, simulatedLab } from './window.fixture.ts';

const whole = simulateCheckout(1_790_000_000, { parameters: {}, random: randomFromText('whole') });
const changed = (trace: Trace, change: (segment: Segment) => Segment | undefined): Trace =>
  assembleTrace(
    trace.id,
    trace.segments.filter(({ inferred }) => !inferred).flatMap((segment) => change(segment) ?? []),
  );
const only = (name: string, change: (segment: Segment) => Segment | undefined) => (segment: Segment) =>
  segment.name === name ? change(segment) : segment;

suite('A trace is whole', () => {
  test('when all that its documents speak of has come', () => assert.equal(isWhole(whole), true));

  const broken: { name: string; trace: Trace }[] = [
    {
      name: 'while a segment is in progress',
      trace: changed(
        whole,
        only('order', ({ end_time: _end, ...segment }) => ({ ...segment, in_progress: true })),
      ),
    },
    {
      name: 'while a call is in progress',
      trace: changed(
        whole,
        only('gateway', (segment) => ({
          ...segment,
          subsegments:
            segment.subsegments?.map(({ end_time: _end, ...call }) => ({ ...call, in_progress: true })) ?? [],
        })),
      ),
    },
    {
      name: 'while the root is missing',
      trace: changed(
        whole,
        only('gateway', () => undefined),
      ),
    },
    {
      name: 'while a caller is missing',
      trace: changed(
        whole,
        only('order', () => undefined),
      ),
    },
  ];
  const root = whole.segments.find(({ name }) => name === 'gateway')!;
  test('when its root called nobody', () =>
    assert.equal(isWhole(assembleTrace(whole.id, [{ ...root, subsegments: [] }])), true));
  broken.push({ name: 'while nothing has come', trace: assembleTrace(whole.id, []) });
  for (const { name, trace } of broken) test(`and not ${name}`, () => assert.equal(isWhole(trace), false));
});

suite('A window takes whole traces, whatever IsPartial says', () => {
  /** Prepares a question on a lab whose answers were changed on their way. */
  async function prepared(change: (reader: XRayReader) => Partial<XRayReader>) {
    const simulated = simulatedLab(randomFromText('plan'));
    const reader = { ...simulated.lab.reader, ...change(simulated.lab.reader) };
    return prepareLive({
      ...simulated,
      lab: { ...simulated.lab, reader },
      generator: inventoryUnavailable,
      random: randomFromText('draw'),
      nonce: 'q-1',
      progress: () => {},
    });
  }

  test('traces that are marked partial and have all their segments are asked about', async () => {
    const result = await prepared(({ summaries }) => ({
      summaries: async (query) =>
        (await summaries(query)).map((summary) => ({ ...summary, IsPartial: true })),
    }));
    assert.ok('question' in result, JSON.stringify(result));
  });

  for (const name of ['gateway', 'order']) {
    test(`traces without the segment of ${name} are not, although they are not marked`, async () => {
      const result = await prepared(({ traces }) => ({
        traces: async (ids) =>
          (await traces(ids)).map((trace) =>
            changed(
              trace,
              only(name, () => undefined),
            ),
          ),
      }));
      assert.deepEqual(result, { refused: 'only 0 of 30 traces arrived' });
    });
  }

  test('a few that are not whole are left out, and the others asked about', async () => {
    let handed: readonly Trace[] = [];
    const result = await prepared(({ traces }) => ({
      traces: async (ids) => {
        handed = (await traces(ids)).map((trace, at) =>
          at < 8
            ? changed(
                trace,
                only('order', () => undefined),
              )
            : trace,
        );
        return [...handed];
      },
    }));
    assert.ok('question' in result, JSON.stringify(result));
    assert.match(result.question.explanation, new RegExp(`^Of ${handed.length - 8} checkouts`));
  });
});
