import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { assembleTrace } from './assemble.ts';
import { documentsOf, fixtures, type FixtureName, noon, traceOf } from './fixtures/fixtures.ts';
import { coverageThreshold, type RootCauses, rootCausesOf, rootCausesPerKind } from './root-causes.ts';
import { summarizeTrace } from './summary.ts';
import type { Segment, Subsegment, Trace } from './vocabulary.ts';
import type { RootCause } from './wire.ts';

/** `a: a > b* | b(inferred): b!Timeout`: services with their ways through; `*` is remote, `!` an exception. */
function drawn({ Services, ClientImpacting }: RootCause): string {
  const services = Services.map(({ Name, Inferred, EntityPath }) => {
    const way = EntityPath.map(({ Name, Remote, Exceptions = [], Coverage }) => {
      const share = Coverage === undefined ? '' : ` ${Coverage}`;
      return `${Name}${Remote ? '*' : ''}${share}${Exceptions.map(({ Name }) => `!${Name}`).join('')}`;
    });
    return `${Name}${Inferred ? '(inferred)' : ''}: ${way.join(' > ')}`;
  });
  return `${services.join(' | ')}${ClientImpacting ? '' : ' (survived)'}`;
}
const drawing = (trace: Trace, kind: keyof RootCauses) => rootCausesOf(trace)[kind].map(drawn);

const ofFixtures: { name: string; fixture: FixtureName; kind: keyof RootCauses; expected: string[] }[] = [
  {
    name: 'a fault deep inside is traced to the service that never answered; three like retries are one cause',
    fixture: 'providerHangs',
    kind: 'fault',
    expected: [
      'gateway: gateway > order* | order: order > payment* | payment: payment > payment-provider*!TimeoutError | ' +
        'payment-provider(inferred): payment-provider*',
    ],
  },
  {
    name: 'the time of retries is their caller’s: no single one of them dominates',
    fixture: 'providerHangs',
    kind: 'responsetime',
    expected: [
      'gateway: gateway 1 > order* 0.998 | order: order 0.996 > payment* 0.99 | payment: payment 0.988',
    ],
  },
  {
    name: 'a fault that the root survived did not impact the client',
    fixture: 'handledFault',
    kind: 'fault',
    expected: [
      'gateway: gateway > order* | order: order > payment* | payment: payment!ProviderUnavailable (survived)',
    ],
  },
  {
    name: 'a throttled table is the cause of a fault, because the Node SDK flags one',
    fixture: 'throttledTable',
    kind: 'fault',
    expected: [
      'gateway: gateway > order* | order: order > DynamoDB*!ProvisionedThroughputExceededException | ' +
        'orders(inferred): orders*',
    ],
  },
  {
    name: 'and of an error, which is what it is',
    fixture: 'throttledTable',
    kind: 'error',
    expected: [
      'gateway: gateway > order* | order: order > DynamoDB*!ProvisionedThroughputExceededException | ' +
        'orders(inferred): orders*',
    ],
  },
  {
    name: 'a slow answer is traced to the table that took the time',
    fixture: 'slowTable',
    kind: 'responsetime',
    expected: [
      'gateway: gateway 1 > order* 0.947 | order: order 0.898 > DynamoDB* 0.801 | orders(inferred): orders* 0.801',
    ],
  },
  {
    name: 'what is still in progress covers nothing yet',
    fixture: 'inProgress',
    kind: 'responsetime',
    expected: ['gateway: gateway 1 > order* 0.947'],
  },
  {
    name: 'the chain of an orphan begins with the orphan',
    fixture: 'orphan',
    kind: 'responsetime',
    expected: ['order: order 1'],
  },
  {
    name: 'a Lambda function hangs under its service, without a call between them',
    fixture: 'consumer',
    kind: 'responsetime',
    expected: ['notify: notify 1 | notify: notify 0.667'],
  },
  { name: 'a trace without segments has no causes', fixture: 'waiting', kind: 'responsetime', expected: [] },
  { name: 'where nothing failed there is no fault', fixture: 'checkout', kind: 'fault', expected: [] },
];

for (const { name, fixture, kind, expected } of ofFixtures) {
  test(`${name}: ${fixture}, ${kind}`, () => assert.deepEqual(drawing(traceOf(fixture), kind), expected));
}

const trace_id = '1-58406520-a006649127e371903a2de979';
const segment = (name: string, more: Partial<Segment> = {}): Segment => ({
  id: name,
  name,
  trace_id,
  start_time: 10,
  end_time: 20,
  ...more,
});
const subsegment = (name: string, more: Partial<Subsegment> = {}): Subsegment => ({
  id: `${name}-id`,
  name,
  start_time: 11,
  end_time: 19,
  ...more,
});
const traced = (...segments: Segment[]) => assembleTrace(trace_id, segments);

const made: { name: string; trace: Trace; kind: keyof RootCauses; expected: string[] }[] = [
  {
    name: 'a root that failed by itself is its own cause',
    trace: traced(segment('a', { http: { response: { status: 500 } } })),
    kind: 'fault',
    expected: ['a: a'],
  },
  {
    name: 'two things that failed side by side are two causes, in order of start',
    trace: traced(
      segment('a', {
        fault: true,
        subsegments: [subsegment('c', { fault: true }), subsegment('b', { fault: true, start_time: 10 })],
      }),
    ),
    kind: 'fault',
    expected: ['a: a > b', 'a: a > c'],
  },
  {
    name: 'a fault below something that did not fail is a cause, too',
    trace: traced(
      segment('a', {
        fault: true,
        subsegments: [subsegment('b', { subsegments: [subsegment('c', { fault: true })] })],
      }),
    ),
    kind: 'fault',
    expected: ['a: a > b > c'],
  },
  {
    name: 'a fault of the root counts as impact of an error downstream',
    trace: traced(segment('a', { fault: true, subsegments: [subsegment('b', { error: true })] })),
    kind: 'error',
    expected: ['a: a > b'],
  },
  {
    name: 'a throttle is an error even where only the throttle was recorded',
    trace: traced(segment('a', { throttle: true })),
    kind: 'error',
    expected: ['a: a'],
  },
  {
    name: 'an orphan that failed is listed although its caller is unknown, and did not impact the root',
    trace: traced(segment('a', { fault: true }), segment('lost', { parent_id: 'nobody', fault: true })),
    kind: 'fault',
    expected: ['a: a', 'lost: lost (survived)'],
  },
  {
    name: 'what failed while still in progress is a cause',
    trace: traced({ id: 'a', name: 'a', trace_id, start_time: 10, in_progress: true, fault: true }),
    kind: 'fault',
    expected: ['a: a'],
  },
  {
    name: 'while the root is in progress there is no response time to explain',
    trace: traced(
      { id: 'a', name: 'a', trace_id, start_time: 10, in_progress: true },
      segment('b', { parent_id: 'a' }),
    ),
    kind: 'responsetime',
    expected: [],
  },
  {
    name: 'half of the time is enough to dominate',
    trace: traced(
      segment('a', {
        subsegments: [subsegment('b', { start_time: 10, end_time: 10 + 10 * coverageThreshold })],
      }),
    ),
    kind: 'responsetime',
    expected: ['a: a 1 > b 0.5'],
  },
  {
    name: 'less than half is not',
    trace: traced(segment('a', { subsegments: [subsegment('b', { start_time: 10, end_time: 14.9 })] })),
    kind: 'responsetime',
    expected: ['a: a 1'],
  },
  {
    name: 'work after the answer does not count',
    trace: traced(
      segment('a', {
        subsegments: [
          subsegment('later', { start_time: 18, end_time: 99 }),
          subsegment('b', { start_time: 11, end_time: 17 }),
        ],
      }),
    ),
    kind: 'responsetime',
    expected: ['a: a 1 > b 0.6'],
  },
  {
    name: 'segments that call each other in a circle come to an end',
    trace: traced(
      segment('a', { parent_id: 'b', fault: true }),
      segment('b', { parent_id: 'a', fault: true }),
    ),
    kind: 'fault',
    expected: ['a: a | b: b'],
  },
  {
    name: 'and so do those that the root has nothing to do with',
    trace: traced(
      segment('root'),
      segment('x', { parent_id: 'y', fault: true }),
      segment('y', { parent_id: 'x', fault: true }),
    ),
    kind: 'fault',
    expected: ['y: y | x: x (survived)'],
  },
  {
    name: 'a circle comes to an end in the response time, too',
    trace: traced(segment('a', { parent_id: 'b' }), segment('b', { parent_id: 'a' })),
    kind: 'responsetime',
    expected: ['a: a 1 | b: b 1'],
  },
  {
    name: 'a segment that calls itself comes to an end',
    trace: traced(segment('a', { parent_id: 'a', fault: true })),
    kind: 'fault',
    expected: ['a: a'],
  },
];

for (const { name, trace, kind, expected } of made) {
  test(`${name}: ${kind}`, () => assert.deepEqual(drawing(trace, kind), expected));
}

test('a fault root cause on the wire, whole', () =>
  assert.deepEqual(summarizeTrace(traceOf('handledFault')).FaultRootCauses, [
    {
      Services: [
        {
          Name: 'gateway',
          Names: ['gateway'],
          Type: 'AWS::ECS::Container',
          EntityPath: [
            { Name: 'gateway', Exceptions: [], Remote: false },
            { Name: 'order', Exceptions: [], Remote: true },
          ],
          Inferred: false,
        },
        {
          Name: 'order',
          Names: ['order'],
          Type: 'AWS::ECS::Container',
          EntityPath: [
            { Name: 'order', Exceptions: [], Remote: false },
            { Name: 'payment', Exceptions: [], Remote: true },
          ],
          Inferred: false,
        },
        {
          Name: 'payment',
          Names: ['payment'],
          EntityPath: [
            {
              Name: 'payment',
              Exceptions: [{ Name: 'ProviderUnavailable', Message: 'no answer' }],
              Remote: false,
            },
          ],
          Inferred: false,
        },
      ],
      ClientImpacting: false,
    },
  ]));

test('the account is told where a segment names it', () => {
  const trace = traced(segment('a', { fault: true, aws: { account_id: '123456789012' } }));
  assert.equal(rootCausesOf(trace).fault[0]!.Services[0]!.AccountId, '123456789012');
});

test('a thousand different failures are cut to the first few', () => {
  const subsegments = Array.from({ length: 1000 }, (_, i) => subsegment(`s${i}`, { fault: true }));
  const found = drawing(traced(segment('a', { subsegments })), 'fault');
  assert.equal(found.length, rootCausesPerKind);
});

test('however deep the subsegments are nested, the path leads to the innermost', () => {
  let inner = subsegment('step', { id: 'innermost', fault: true });
  for (let i = 0; i < 2000; i++) inner = subsegment('step', { id: `s${i}`, subsegments: [inner] });
  const { fault, responsetime } = rootCausesOf(traced(segment('a', { subsegments: [inner] })));
  assert.equal(fault[0]!.Services[0]!.EntityPath.length, 2002);
  assert.equal(responsetime[0]!.Services[0]!.EntityPath.length, 2002);
});

test('root causes are found once per trace', () => {
  const trace = traceOf('providerHangs');
  assert.equal(rootCausesOf(trace).fault, rootCausesOf(trace).fault);
});

const all = Object.keys(fixtures) as FixtureName[];
const listsOf = ({ fault, error, responsetime }: RootCauses) => ({ fault, error, responsetime });

test('any order of documents gives the same root causes', () => {
  const arrivals = fc
    .constantFrom(...all)
    .chain((name) =>
      fc.tuple(
        fc.constant(name),
        fc.shuffledSubarray(documentsOf(name), { minLength: documentsOf(name).length }),
      ),
    );
  fc.assert(
    fc.property(arrivals, ([name, documents]) => {
      const expected = traceOf(name);
      const trace = assembleTrace(expected.id, documents);
      assert.deepEqual(listsOf(rootCausesOf(trace)), listsOf(rootCausesOf(expected)));
    }),
  );
});

test('any flags on any calls: there is a cause exactly when something is flagged, and each chain is one', () => {
  const service = fc.record({ parent: fc.nat(), fault: fc.boolean(), callFailed: fc.boolean() });
  fc.assert(
    fc.property(fc.array(service, { minLength: 1, maxLength: 8 }), (plans) => {
      const segments = plans.map(({ fault }, i) =>
        segment(`s${i}`, {
          start_time: noon + i,
          end_time: noon + 20,
          ...(fault && { fault }),
          ...(i > 0 && { parent_id: `call-${i}` }),
          subsegments: plans.flatMap((plan, callee) =>
            callee > 0 && plan.parent % callee === i
              ? [
                  subsegment(`s${callee}`, {
                    id: `call-${callee}`,
                    namespace: 'remote',
                    start_time: noon + callee,
                    end_time: noon + 20,
                    ...(plan.callFailed && { fault: true }),
                  }),
                ]
              : [],
          ),
        }),
      );
      const { fault } = rootCausesOf(traced(...segments));
      const anyFlag = plans.some((plan, i) => plan.fault || (i > 0 && plan.callFailed));
      assert.equal(fault.length > 0, anyFlag);
      for (const { Services } of fault) {
        assert.equal(Services[0]!.Name, 's0');
        Services.slice(1).forEach(({ Name }, i) => {
          const { EntityPath } = Services[i]!;
          assert.equal(EntityPath.at(-1)!.Name, Name, 'each service was called by the one before');
          assert.equal(EntityPath[0]!.Name, Services[i]!.Name, 'the segment comes first');
        });
      }
    }),
  );
});
