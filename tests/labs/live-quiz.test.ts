/** The three live questions, one a fault, prepared by the running lab and answered from the traces as a learner would. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { QuizAnswer, QuizAttempt, QuizReport, QuizVerdict } from '@xray-lab/labs/server/contract';
import type { Segment, Subsegment, TraceSummary } from '@xray-lab/xray/model';
import { everySubsegment } from '@xray-lab/xray/model';
import { eventually, startStack, type Stack } from '../stack.ts';

let stack: Stack;
before(async () => {
  stack = await startStack('live-quiz');
});
after(() => stack?.stop());

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${stack.lab}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as T;
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

async function idsFound(filter: string): Promise<string[]> {
  const end = Date.now() / 1000 + 1;
  const ids: string[] = [];
  let token: string | undefined;
  do {
    const page: { TraceSummaries: TraceSummary[]; NextToken?: string } = await call(
      'POST',
      '/lab/xray/GetTraceSummaries',
      {
        StartTime: end - 600,
        EndTime: end,
        FilterExpression: filter,
        ...(token && { NextToken: token }),
      },
    );
    ids.push(...page.TraceSummaries.map(({ Id }) => Id));
    token = page.NextToken;
  } while (token);
  return ids;
}

interface Call {
  traceId: string;
  service: string;
  call: Subsegment;
}

/** Every downstream call of the first traces that a filter finds, with the service that made it. */
async function callsFound(filter: string): Promise<Call[]> {
  const ids = (await idsFound(filter)).slice(0, 5);
  assert.ok(ids.length > 0, `${filter} finds nothing`);
  const { Traces } = await call<{ Traces: { Id: string; Segments: { Document: string }[] }[] }>(
    'POST',
    '/lab/xray/BatchGetTraces',
    { TraceIds: ids },
  );
  return Traces.flatMap(({ Id, Segments }) =>
    Segments.map(({ Document }) => JSON.parse(Document) as Segment)
      .filter(({ inferred }) => !inferred)
      .flatMap((segment) =>
        [...everySubsegment(segment)].map((each) => ({ traceId: Id, service: segment.name, call: each })),
      ),
  );
}

type Question = NonNullable<QuizAttempt['question']>;
const optionLike = ({ options }: Question, pattern: (text: string) => boolean) => {
  const fitting = options!.filter(({ text }) => pattern(text));
  assert.equal(fitting.length, 1, `one option fits: ${JSON.stringify(options)}`);
  return [fitting[0]!.id];
};

/** How a learner who reads the traces answers each question; the words of the stem say which one it is. */
const solvers: { name: string; asks: RegExp; solve(question: Question): Promise<QuizAnswer> }[] = [
  {
    name: 'payment-provider-hangs',
    asks: /payment-provider/,
    async solve(question) {
      const waited = (await callsFound(question.lead!)).filter(
        ({ service, call }) =>
          service === 'payment' &&
          call.name === 'payment-provider' &&
          call.fault &&
          !call.http?.response?.status,
      );
      const seconds =
        waited.reduce((sum, { call }) => sum + call.end_time! - call.start_time, 0) / waited.length;
      const choices = optionLike(question, (text) => {
        const [, count, each] = /^(\d+) calls? of about ([\d.]+) s/.exec(text) ?? [];
        return Number(count) === waited.length && Math.abs(Number(each) - seconds) < 0.1;
      });
      return { choices, evidence: { traceId: waited[0]!.traceId, segmentId: waited[0]!.call.id } };
    },
  },
  {
    name: 'orders-table-throttled',
    asks: /DynamoDB tables are provisioned/,
    async solve(question) {
      const throttled = (await callsFound(question.lead!)).filter(({ call }) => call.throttle);
      const { operation, table_name } = throttled[0]!.call.aws as { operation: string; table_name: string };
      assert.equal(operation, 'PutItem');
      const choices = optionLike(
        question,
        (text) => /write/.test(text) && new RegExp(`\\b${table_name}\\b`).test(text),
      );
      return { choices, evidence: { traceId: throttled[0]!.traceId, segmentId: throttled[0]!.call.id } };
    },
  },
  {
    name: 'inventory-unavailable',
    asks: /failure of inventory/,
    async solve(question) {
      const run = /run (\S+),/.exec(question.stem)![1]!;
      const filter = `annotation.run = "${run}" AND ok AND edge("order", "inventory") { fault }`;
      const [failed] = (await callsFound(filter)).filter(
        ({ call }) => call.name === 'inventory' && call.fault,
      );
      return {
        number: (await idsFound(filter)).length,
        evidence: { traceId: failed!.traceId, segmentId: failed!.call.id },
      };
    },
  },
];

describe('the live questions', { timeout: 5 * 60_000 }, () => {
  test('each of the three is prepared, asked, and scores 100 when it is answered from the traces', async (t) => {
    let attempt = await call<QuizAttempt>('POST', '/lab/quiz/attempts', {
      mode: 'live',
      learner: 'ci',
      seed: 'journey',
    });
    assert.equal(attempt.total, 3);
    const met = new Set<string>();
    for (let position = 1; position <= 3; position += 1) {
      const asked = await eventually(
        `question ${position} is prepared`,
        async () => {
          const view = await call<QuizAttempt>('GET', `/lab/quiz/attempts/${attempt.id}`);
          return view.question && !view.preparing && view;
        },
        90,
      );
      const question = asked.question!;
      assert.equal(question.type, 'live');
      assert.doesNotMatch(JSON.stringify(asked), /correct|"key"|hmac/i, 'the browser is not told the key');
      const solver = solvers.find(({ asks }) => asks.test(question.stem));
      assert.ok(solver, question.stem);
      met.add(solver.name);
      const verdict = await call<QuizVerdict>(
        'POST',
        `/lab/quiz/attempts/${attempt.id}/answer`,
        await solver.solve(question),
      );
      await t.test(`${solver.name}: answer and evidence are right`, () => {
        assert.equal(verdict.live?.answerCorrect, true, JSON.stringify(verdict.live));
        assert.equal(verdict.live.evidenceCorrect, true, verdict.live.evidenceWhy);
        assert.equal(verdict.score, 1);
      });
      attempt = await call<QuizAttempt>('POST', `/lab/quiz/attempts/${attempt.id}/next`);
    }
    assert.equal(met.size, 3);
    assert.equal(attempt.finished, true);
    const report = await call<QuizReport>('GET', `/lab/quiz/attempts/${attempt.id}/report`);
    assert.equal(report.scaled, 1000);
    const { active } = await call<{ active: unknown[] }>('GET', '/lab/faults');
    assert.deepEqual(active, [], 'the quiz leaves no fault behind');
  });

  for (const [body, field] of [
    [{ number: ['three'] }, /number/],
    [{ choices: 'all of them' }, /choices/],
    [{ number: 'three' }, /choices/],
  ] as const) {
    test(`${JSON.stringify(body)} to a question with options is a 400 that names the field`, async () => {
      const { id } = await call<QuizAttempt>('POST', '/lab/quiz/attempts', { mode: 'facts' });
      const response = await fetch(`${stack.lab}/lab/quiz/attempts/${id}/answer`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      assert.equal(response.status, 400);
      assert.match(((await response.json()) as { field?: string }).field ?? '', field);
    });
  }
});
