import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { UsageError } from './arguments.ts';
import { readAnswer } from './verbs/quiz.ts';

interface Ran {
  code: number | null;
  out: string;
  err: string;
}

const home = mkdtempSync(join(tmpdir(), 'lab-cli-'));
after(() => rmSync(home, { recursive: true, force: true }));

/** The command line as a learner runs it, against a lab on this port. */
function lab(port: number, ...words: string[]): Promise<Ran> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'lab.ts'), ...words], {
    env: { ...process.env, LAB_PORT_OFFSET: String(port - 4321), LAB_HOME: home },
  });
  const ran: Ran = { code: null, out: '', err: '' };
  child.stdout.on('data', (chunk) => (ran.out += String(chunk)));
  child.stderr.on('data', (chunk) => (ran.err += String(chunk)));
  return new Promise((resolve) => child.on('close', (code) => resolve({ ...ran, code })));
}

const check = (verdict: string) => ({
  verdict,
  why: 'Because.',
  lookedFor: 'a trace',
  found: 'one',
  traceIds: ['1-65ff0a1b-0123456789abcdef01234567'],
  checkedAt: 1,
});
const run = {
  id: '01-your-first-trace',
  title: 'Your first trace',
  started: true,
  score: 0,
  steps: [
    {
      id: 'send',
      kind: 'do',
      title: 'Send',
      goal: 'Send.',
      points: 50,
      state: 'waiting',
      attempts: 0,
      hints: [],
      hintsTotal: 3,
    },
    {
      id: 'count',
      kind: 'answer',
      title: 'Count',
      goal: 'Count.',
      points: 50,
      state: 'waiting',
      attempts: 0,
      hints: [],
      hintsTotal: 3,
    },
    ...(['done', 'shown'] as const).map((id) => ({
      id,
      kind: 'answer',
      title: id === 'done' ? 'Done' : 'Shown',
      goal: '',
      points: 0,
      state: id === 'done' ? 'passed' : 'waiting',
      attempts: 1,
      hints: [],
      hintsTotal: 3,
      solutionShown: id === 'shown',
    })),
  ],
};

const kept = {
  lab: '02-slow-payment',
  time: '2026-12-01T09-30-05Z',
  at: 1_796_117_405,
  why: 'reset',
  files: ['services/payment/provider.ts'],
  score: 50,
  passedSteps: 2,
};

const slow = {
  id: 'slow',
  title: 'Payment is slow',
  area: 'payment',
  inTheWild: 'A disk is full.',
  services: ['payment'],
  parameters: { properties: { share: { type: 'number', default: 1, description: 'Share of the payments' } } },
  allowed: { share: 'number, 0 to 1, 1 when left out' },
  signature: {
    filter: 'service("payment") { fault }',
    atLeast: 1,
    shows: 'appears',
    withinSeconds: 3,
    says: 'New traces match within 3 s of on.',
  },
  lookFor: 'Red.',
};
const faults = {
  areas: [
    { id: 'payment', title: 'Payment and its provider', about: 'It is slow' },
    { id: 'daemon', title: 'The daemon', about: 'Nothing arrives' },
  ],
  catalogue: [
    slow,
    { ...slow, id: 'silent', title: 'The daemon is stopped', area: 'daemon', services: ['xray-daemon'] },
  ],
  active: [{ id: 'slow', title: 'Payment is slow', parameters: {}, since: 1, applied: true }],
};

const answers: Record<string, [number, unknown]> = {
  'GET /lab/env': [200, { variables: { AWS_REGION: 'us-east-1', AWS_SECRET_ACCESS_KEY: "it's" } }],
  'POST /lab/send': [
    200,
    {
      status: 201,
      traceId: '1-65ff0a1b-0123456789abcdef01234567',
      orderId: 'A1',
      durationMilliseconds: 38,
      body: {},
    },
  ],
  'POST /lab/faults/slow': [200, { id: 'slow', title: 'Slow', parameters: {}, since: 1, applied: true }],
  'POST /lab/faults/slwo': [
    400,
    {
      error: 'bad-request',
      message: 'There is no fault "slwo". Did you mean "slow"? There is: slow.',
      field: 'id',
    },
  ],
  'GET /lab/faults': [200, faults],
  'DELETE /lab/faults': [200, { areas: [], catalogue: [], active: [] }],
  'GET /lab/labs': [
    200,
    [{ ...run, minutes: 15, level: 'beginner', passedSteps: 0, totalSteps: 2 }, { id: '02-slow-payment' }],
  ],
  'GET /lab/labs/01-your-first-trace': [200, run],
  'GET /lab/labs/01-your-first-trace/edits': [200, { edited: [], updated: [], kept: [] }],
  'GET /lab/labs/02-slow-payment/edits': [
    200,
    {
      edited: [{ file: 'services/payment/provider.ts', added: 3, removed: 1 }],
      updated: ['services/payment/provider.ts'],
      kept: [kept],
    },
  ],
  'GET /lab/labs/02-slow-payment/edits/latest': [
    200,
    { ...kept, patches: [{ file: 'services/payment/provider.ts', patch: '-two\n+two, with a breaker\n' }] },
  ],
  'POST /lab/labs/02-slow-payment/edits/away': [200, { ...run, id: '02-slow-payment', putAway: kept }],
  'POST /lab/labs/02-slow-payment/edits/latest/back': [200, { ...run, id: '02-slow-payment', score: 50 }],
  'POST /lab/labs/02-slow-payment/reset': [
    200,
    { ...run, id: '02-slow-payment', putAway: kept, left: ['services/payment/provider.ts'] },
  ],
  'POST /lab/labs/01-your-first-trace/steps/send/check': [200, check('pass')],
  'POST /lab/labs/01-your-first-trace/steps/count/check': [200, check('fail')],
  'POST /lab/labs/01-your-first-trace/steps/count/solution': [200, { solution: 'Count them.' }],
  'POST /lab/labs/01-your-first-trace/steps/count/skip': [
    200,
    { ...run, steps: run.steps.map((step) => (step.id === 'count' ? { ...step, state: 'skipped' } : step)) },
  ],
  'POST /lab/labs/01-your-first-trace/steps/done/solution': [200, { solution: 'It is done.' }],
  'POST /lab/labs/01-your-first-trace/start': [200, run],
  'POST /lab/labs/01-your-first-trace/conditions': [200, { ...run, conditions: { state: 'as-wanted' } }],
  'GET /lab/labs/02-slow-payment': [
    200,
    {
      ...run,
      id: '02-slow-payment',
      conditions: {
        state: 'off',
        says: 'The lab’s own fault is off.',
        remedy: 'npm run lab -- fault on --lab 02-slow-payment',
      },
    },
  ],
  'POST /lab/processes/payment/start': [
    200,
    { name: 'payment', state: 'running', healthy: true, address: 'http://127.0.0.1:8083', restarts: 1 },
  ],
  'GET /lab/telemetry': [
    200,
    {
      StartTime: 1_699_999_900,
      EndTime: 1_700_000_200,
      TelemetryRecords: [
        {
          ...{ Timestamp: 1_700_000_000, ReceivedAt: 1_700_000_001 },
          ...{ Hostname: 'xray-daemon', EC2InstanceId: '', ResourceARN: '' },
          SegmentsReceivedCount: 12,
          SegmentsSentCount: 0,
          SegmentsSpilloverCount: 3,
          SegmentsRejectedCount: 1,
          BackendConnectionErrors: { TimeoutCount: 0, HTTPCode4XXCount: 4 },
        },
        {
          ...{ Timestamp: 1_700_000_060, ReceivedAt: 1_700_000_061 },
          ...{ Hostname: '', EC2InstanceId: 'i-7', ResourceARN: '' },
          SegmentsSentCount: 5,
        },
      ],
      IsTruncated: false,
    },
  ],
  'GET /lab/processes/payment/log?lines=5': [200, { lines: ['one', 'two'] }],
};

describe('the command line', () => {
  let server: Server;
  let port: number;
  const asked: { line: string; body: string; origin: string | undefined }[] = [];

  before(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        const line = `${request.method} ${request.url}`;
        asked.push({ line, body, origin: request.headers.origin });
        const [path = ''] = line.split('?');
        const [status, answer] = answers[line] ??
          answers[path] ?? [404, { error: 'not-found', message: `no ${line}` }];
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  after(() => {
    server.close();
    server.closeAllConnections();
  });

  const cases: {
    name: string;
    words: string[];
    code: number;
    out?: RegExp;
    err?: RegExp;
    asks?: string;
    never?: string;
    body?: unknown;
  }[] = [
    {
      name: 'edits shows what is edited, what an update changed with what to do, and what is kept',
      words: ['edits'],
      code: 0,
      out: /02-slow-payment\n {2}edited {3}sample-app\/services\/payment\/provider\.ts {2}\+3 −1\n {2}updated {2}[^]*edits away 02-slow-payment[^]*\n {2}kept {5}2026-12-01T09-30-05Z {2}services\/payment\/provider\.ts {2}50 points, 2 steps/,
    },
    {
      name: 'edits of a lab without any says so',
      words: ['edits', 'list', '01'],
      code: 0,
      out: /^Nothing is edited, and nothing is kept\.\n$/,
    },
    {
      name: 'edits --json is the state of each lab',
      words: ['edits', 'list', '02', '--json'],
      code: 0,
      out: /"updated": \[/,
    },
    {
      name: 'kept edits are shown as a diff',
      words: ['edits', 'show', '02', 'latest'],
      code: 0,
      out: /^-two\n\+two, with a breaker\n$/,
    },
    {
      name: 'edits are put away, and the way back is printed',
      words: ['edits', 'away', '02'],
      code: 0,
      out: /^Kept: your sample-app\/services\/payment\/provider\.ts, and 50 points for 2 steps\. `npm run lab -- edits back 02-slow-payment 2026-12-01T09-30-05Z`/,
      asks: 'POST /lab/labs/02-slow-payment/edits/away',
    },
    {
      name: 'edits are brought back',
      words: ['edits', 'back', '02', 'latest'],
      code: 0,
      out: /back\. 02-slow-payment stands at 50 points/,
      asks: 'POST /lab/labs/02-slow-payment/edits/latest/back',
    },
    {
      name: 'edits back without a time is a wrong use',
      words: ['edits', 'back', '02'],
      code: 2,
      err: /TIME is missing/,
    },
    {
      name: 'an unknown word after edits is a wrong use',
      words: ['edits', 'toString'],
      code: 2,
      err: /use list \[LAB\]/,
    },
    {
      name: 'a reset of a lab says what it kept, what it left, and how it comes back',
      words: ['reset', '02'],
      code: 0,
      out: /as it was before the run\.\nKept: your [^]*edits back[^]*\nsample-app\/services\/payment\/provider\.ts stays as it is: X-Ray Lab was updated/,
    },
    { name: 'help lists every verb', words: ['help'], code: 0, out: /status[^]*doctor[^]*down/ },
    { name: 'no verb is help', words: [], code: 0, out: /VERB/ },
    {
      name: 'help shows how to use a verb',
      words: ['help', 'fault'],
      code: 0,
      out: /fault on ID \[--PARAMETER VALUE …\]/,
    },
    { name: 'an unknown verb names the nearest', words: ['statsu'], code: 2, err: /Did you mean "status"\?/ },
    {
      name: 'an unknown verb with --json is JSON',
      words: ['statsu', '--json'],
      code: 2,
      out: /"error": "usage"/,
    },
    {
      name: 'env can be evaluated by a shell',
      words: ['env'],
      code: 0,
      out: /^unset AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SESSION_TOKEN\nexport AWS_REGION='us-east-1'\nexport AWS_SECRET_ACCESS_KEY='it'\\''s'\n$/,
    },
    {
      name: 'env --json is the variables',
      words: ['env', '--json'],
      code: 0,
      out: /"AWS_REGION": "us-east-1"/,
    },
    {
      name: 'send prints the trace id',
      words: ['send'],
      code: 0,
      out: /^201 {2}1-65ff0a1b-0123456789abcdef01234567 {2}A1 {2}38 ms\n$/,
    },
    { name: 'send --json is one object', words: ['send', '--json'], code: 0, out: /^\{\n {2}"status": 201,/ },
    {
      name: 'send --count sends so many',
      words: ['send', '--count', '2', '--json'],
      code: 0,
      out: /^\[(?:[^]*?"status": 201){2}[^]*\]\n$/,
    },
    {
      name: 'send --count of a word is a wrong use',
      words: ['send', '--count', 'x'],
      code: 2,
      err: /--count: "x" is not a whole number/,
    },
    {
      name: 'a fault goes on with parameters and a time',
      words: ['fault', 'on', 'slow', '--param', 'share=0.5', '--stop-after', '60'],
      code: 0,
      out: /slow \(applied\)/,
      asks: 'POST /lab/faults/slow',
      body: { parameters: { share: 0.5 }, stopAfterSeconds: 60 },
    },
    {
      name: 'a fault goes on with a seed, for some of the requests, by turns',
      words: 'fault on slow --seed 7 --of-requests 0.5 --every-on 20 --every-off 40'.split(' '),
      code: 0,
      asks: 'POST /lab/faults/slow',
      body: { parameters: {}, seed: 7, share: 0.5, schedule: { onSeconds: 20, offSeconds: 40 } },
    },
    {
      name: 'a lab’s own fault comes on again by the lab’s name, and is not named',
      words: ['fault', 'on', '--lab', '01'],
      code: 0,
      out: /^as wanted {2}the shop is as the lab 01-your-first-trace wants it/,
      asks: 'POST /lab/labs/01-your-first-trace/conditions',
    },
    {
      name: 'a lab’s own fault is not switched off by the lab’s name',
      words: ['fault', 'off', '--lab', '01'],
      code: 2,
      err: /--lab LAB belongs to `fault on`/,
    },
    {
      name: 'a lab’s own fault is not named beside the lab',
      words: ['fault', 'on', 'slow', '--lab', '01'],
      code: 2,
      err: /the lab itself says which faults/,
    },
    {
      name: 'a lab says that its fault is off, and the command that helps',
      words: ['labs', '02'],
      code: 0,
      out: /\nThe lab’s own fault is off\.\n {2}npm run lab -- fault on --lab 02-slow-payment\n/,
    },
    {
      name: 'turns without pauses are a wrong use',
      words: ['fault', 'on', 'slow', '--every-on', '20'],
      code: 2,
      err: /--every-on and --every-off belong together/,
    },
    {
      name: 'a share of more than all requests is a wrong use',
      words: ['fault', 'on', 'slow', '--of-requests', '2'],
      code: 2,
      err: /--of-requests: "2" is not a number above 0, up to 1/,
    },
    {
      name: 'a fault that is on says what to expect',
      words: ['fault', 'on', 'slow'],
      code: 0,
      out: /slow \(applied\)\n {2}New traces match within 3 s of on\.\n {2}service\("payment"\) \{ fault \}/,
    },
    {
      name: 'a parameter may be a flag of its own, below zero and with dashes as well',
      words: ['fault', 'on', 'slow', '--rate=0.5', '--jitter-milliseconds', '-60', '--brand', 'amex'],
      code: 0,
      asks: 'POST /lab/faults/slow',
      body: { parameters: { rate: 0.5, jitterMilliseconds: -60, brand: 'amex' } },
    },
    {
      name: 'a parameter without a value is a wrong use',
      words: ['fault', 'on', 'slow', '--rate', '--stop-after', '60'],
      code: 2,
      err: /--rate: give it a value/,
    },
    {
      name: 'a mistyped flag of off is not taken for a parameter',
      words: ['fault', 'off', '--al', 'slow'],
      code: 2,
      err: /"al" is not known/,
    },
    {
      name: 'faults are listed by area, with a mark at what is on',
      words: ['fault', 'list'],
      code: 0,
      out: /Payment and its provider {2}It is slow\n■ slow {4}Payment is slow\n\nThe daemon {2}Nothing arrives\n {2}silent {2}The/,
    },
    {
      name: 'a word leaves the faults that have it',
      words: ['fault', 'list', 'XRAY-daemon'],
      code: 0,
      out: /^The daemon[^]*1 of 2 faults/,
    },
    {
      name: 'a word that no fault has is an answer of no',
      words: ['fault', 'list', 'cloud'],
      code: 1,
      out: /^0 of 2/,
    },
    {
      name: 'list --json is the whole catalogue',
      words: ['fault', 'list', '--json'],
      code: 0,
      out: /"areas": \[[^]*"catalogue": \[[^]*"active": \[/,
    },
    {
      name: 'show has the parameters, the signature and a command to paste',
      words: ['fault', 'show', 'slow'],
      code: 0,
      out: /--share 1 {2}Share of the payments {2}number, 0 to 1[^]*--filter-expression 'service\("payment"\) \{ fault \}' \\\n +--endpoint-url "\$\{AWS_ENDPOINT_URL_XRAY:-http:\/\/127\.0\.0\.1:\d+\}" --region us-east-1 --no-sign-request\n[^]*\/console\/traces\/\?filter=service/,
    },
    {
      name: 'show of an unknown fault names the nearest',
      words: ['fault', 'show', 'slwo'],
      code: 2,
      err: /Did you mean "slow"\?/,
    },
    {
      name: 'an unknown fault is said in the lab’s words',
      words: ['fault', 'on', 'slwo'],
      code: 1,
      err: /There is: slow\./,
    },
    {
      name: 'all faults go off',
      words: ['fault', 'off', '--all'],
      code: 0,
      out: /no fault is on/,
      asks: 'DELETE /lab/faults',
    },
    {
      name: 'off needs a fault or --all',
      words: ['fault', 'off'],
      code: 2,
      err: /name the fault, or say --all/,
    },
    { name: 'off takes not both', words: ['fault', 'off', 'slow', '--all'], code: 2, err: /or say --all/ },
    {
      name: 'a step that passes is exit code 0',
      words: ['check', '01', 'send'],
      code: 0,
      out: /^Passed · send · Because\.\n {2}looked for {2}a trace\n/,
    },
    {
      name: 'a step by its number that does not pass is exit code 1',
      words: ['check', '01', '2'],
      code: 1,
      out: /^Not yet · count/,
    },
    {
      name: 'a check without a step checks what is done, not what is answered',
      words: ['check', '01', '--json'],
      code: 0,
      out: /"step": "send"/,
    },
    {
      name: 'an unknown step names the nearest',
      words: ['check', '01', 'snd'],
      code: 2,
      err: /Did you mean "send"\?/,
    },
    {
      name: 'a beginning that two labs share is none',
      words: ['check', '0'],
      code: 2,
      err: /There is no lab "0"/,
    },
    {
      name: 'an answer is handed in as it was typed',
      words: ['answer', '01', 'count', 'annotation.a = "b c"'],
      code: 1,
      asks: 'POST /lab/labs/01-your-first-trace/steps/count/check',
      body: { answer: 'annotation.a = "b c"' },
    },
    {
      name: 'a filter is handed in as it stands in a command of the AWS CLI',
      words: ['answer', '01', 'count', '--filter-expression', 'annotation.a = "b c"'],
      code: 1,
      asks: 'POST /lab/labs/01-your-first-trace/steps/count/check',
      body: { answer: 'annotation.a = "b c"' },
    },
    {
      name: 'a solution says what it costs before it is shown',
      words: ['solution', '01', 'count'],
      code: 1,
      out: /0 of its 50 points in this run\.\nHints cost nothing \(0 of 3 shown\)[^]*solution 01-your-first-trace count --yes`/,
      never: 'POST /lab/labs/01-your-first-trace/steps/count/solution',
    },
    {
      name: 'a solution is shown to who says yes',
      words: ['solution', '01', 'count', '--yes'],
      code: 0,
      out: /^Count them\.\n$/,
      asks: 'POST /lab/labs/01-your-first-trace/steps/count/solution',
    },
    {
      name: 'the solution of a step that has passed costs nothing',
      words: ['solution', '01', 'done'],
      code: 0,
      out: /^It is done\.\n$/,
    },
    {
      name: 'a step whose solution was shown says that it gives no points',
      words: ['labs', '01'],
      code: 0,
      out: /shown {2}Shown \(0 of 0 points: its solution was shown\)/,
    },
    {
      name: 'a step that is skipped says that it gives no points',
      words: ['skip', '01', 'count'],
      code: 0,
      out: /– {2}2 {2}count {2}Count \(0 of 50 points: skipped\)/,
      asks: 'POST /lab/labs/01-your-first-trace/steps/count/skip',
    },
    { name: 'an answer needs a value', words: ['answer', '01', 'count'], code: 2, err: /and the VALUE/ },
    {
      name: 'start with a lab starts a run',
      words: ['start', '01'],
      code: 0,
      asks: 'POST /lab/labs/01-your-first-trace/start',
    },
    {
      name: 'start with a process starts the process',
      words: ['start', 'payment'],
      code: 0,
      out: /payment {2}running/,
      asks: 'POST /lab/processes/payment/start',
    },
    {
      name: 'logs are printed as they are',
      words: ['logs', 'payment', '--lines', '5'],
      code: 0,
      out: /^one\ntwo\n$/,
    },
    {
      name: 'telemetry is a line for each record, with the errors that there were',
      words: ['telemetry', '--minutes', '5'],
      code: 0,
      out: /^time +host +received +sent +spilled +rejected +connection errors\n2023-11-1\d \d\d:\d\d:20 +xray-daemon +12 +0 +3 +1 +HTTPCode4XXCount 4\n2023-11-1\d \d\d:\d\d:20 +i-7 +– +5 +– +– +none\n$/,
    },
    {
      name: 'telemetry --json is the answer',
      words: ['telemetry', '--json'],
      code: 0,
      out: /"ReceivedAt": /,
    },
    {
      name: 'telemetry of no minutes is a wrong use',
      words: ['telemetry', '--minutes', '0'],
      code: 2,
      err: /--minutes: "0" is not a whole number from 1 to 1440/,
    },
    {
      name: 'down without a lab file leaves a lab of another folder alone',
      words: ['down'],
      code: 1,
      out: /A lab answers|not running/,
    },
  ];
  for (const { name, words, code, out, err, asks, never, body } of cases) {
    test(name, async () => {
      if (words[0] === 'down') answers['GET /health'] = [200, { status: 'ok' }];
      asked.length = 0;
      const ran = await lab(port, ...words);
      assert.equal(ran.code, code, ran.err + ran.out);
      assert.match(ran.out, out ?? /^/);
      assert.match(ran.err, err ?? /^$/);
      if (asks) {
        const request = asked.find(({ line }) => line === asks) ?? assert.fail(`${asks} was not asked`);
        if (body) assert.deepEqual(JSON.parse(request.body), body);
      }
      if (never) assert.ok(!asked.some(({ line }) => line === never), `${never} was asked`);
      assert.ok(asked.every(({ origin }) => origin === undefined));
    });
  }

  test('send succeeds when the shop answers with a fault, and fails when it does not answer', async () => {
    const usual = answers['POST /lab/send']!;
    const sent = {
      status: 504,
      traceId: '1-65ff0a1b-0123456789abcdef01234567',
      durationMilliseconds: 9210,
      body: {},
    };
    answers['POST /lab/send'] = [200, sent];
    const faulty = await lab(port, 'send');
    assert.match(faulty.out, /^504 {2}1-65ff0a1b-/);
    assert.equal(faulty.code, 0);
    answers['POST /lab/send'] = [200, { status: 0, durationMilliseconds: 3, body: {} }];
    const silent = await lab(port, 'send');
    assert.match(silent.out, /no answer.*is gateway running/);
    assert.equal(silent.code, 1);
    answers['POST /lab/send'] = usual;
  });

  test('when the lab is not running, one sentence says so and what to do', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port: free } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const ran = await lab(free, 'status');
    assert.deepEqual(ran, {
      code: 1,
      out: '',
      err: `The lab is not running on http://127.0.0.1:${free}. Start it with \`npm start\`.\n`,
    });
    const asJson = JSON.parse((await lab(free, 'status', '--json')).out) as { error: string; remedy: string };
    assert.equal(asJson.error, 'not-running');
  });

  test('when the lab process is down and its supervisor is not, the supervisor is asked to start it', async () => {
    const supervised: string[] = [];
    const supervisor = createServer((request, response) => {
      supervised.push(`${request.method} ${request.url}`);
      const healthy = supervised.length > 2;
      const view = {
        name: 'lab',
        state: healthy ? 'running' : 'starting',
        healthy,
        address: '',
        restarts: 0,
      };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(view));
    });
    await new Promise<void>((resolve) => supervisor.listen(0, '127.0.0.1', resolve));
    const { port: supervisorPort } = supervisor.address() as AddressInfo;
    const down = supervisorPort - 1;
    const runs = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)', 'start.ts']);
    const file = { pid: runs.pid, supervisor: `http://127.0.0.1:${supervisorPort}`, startedAt: 1 };
    writeFileSync(join(home, 'lab.pid'), JSON.stringify(file));
    const away = await lab(down, 'status');
    assert.equal(away.code, 1);
    assert.match(away.err, /the rest of the lab runs.*`npm run lab -- start lab`/);
    assert.deepEqual(supervised, []);

    const started = await lab(down, 'start', 'lab');
    assert.deepEqual([started.code, started.err], [0, '']);
    assert.match(started.out, /✓ {2}lab {2}running/);
    const [first, ...polls] = supervised;
    assert.equal(first, 'POST /processes/lab/start');
    assert.ok(polls.length >= 2 && polls.every((line) => line === 'GET /processes/lab'));

    const other = await lab(down, 'start', 'payment');
    assert.equal(other.code, 1, 'every other process is started by way of the lab process');

    const elsewhere = await lab(9 + 4321, 'start', 'lab');
    assert.match(elsewhere.err, /Start it with `npm start`/, 'that is not the lab of this supervisor');

    runs.kill();
    await once(runs, 'exit');
    assert.match((await lab(down, 'start', 'lab')).err, /Start it with `npm start`/);
    rmSync(join(home, 'lab.pid'));
    supervisor.close();
  });

  test('another program on the lab’s port is told apart from the lab', async () => {
    const other = createServer((_request, response) => response.writeHead(404).end('<h1>Not here</h1>'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const ran = await lab((other.address() as AddressInfo).port, 'status');
    assert.match(ran.err, /is not the lab \(status 404\)/);
    assert.equal(ran.code, 1);
    other.close();
    other.closeAllConnections();
  });
});

describe('an answer to the quiz', () => {
  const choice = {
    options: [
      { id: 'o7', text: 'B' },
      { id: 'o3', text: 'A' },
    ],
  } as Parameters<typeof readAnswer>[0];
  test('letters stand for options in the order shown', () => {
    assert.deepEqual(readAnswer(choice, 'A'), { choices: ['o7'] });
    assert.deepEqual(readAnswer(choice, 'B,A'), { choices: ['o3', 'o7'] });
  });
  test('an option that does not exist is a wrong use', () =>
    assert.throws(() => readAnswer(choice, 'C'), UsageError));
  test('a question without options takes a number as it is typed', () => {
    const question = {} as Parameters<typeof readAnswer>[0];
    for (const typed of ['3.02', 'three seconds', '3,000 ms']) {
      assert.deepEqual(readAnswer(question, typed), { number: typed });
    }
  });
});
