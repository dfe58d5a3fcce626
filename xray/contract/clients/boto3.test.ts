import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { limitProfiles } from '../../limits.ts';
import { onlyLocal, startBackend } from '../harness.ts';
import { calls, type Output } from './calls.ts';
import { boto3Skip, runPython } from './installed.ts';
import { listings } from './listings.ts';
import { operationNamed } from './official-model/service-model.ts';
import { worldOf } from './world.ts';

interface Request {
  operation: string;
  input: object;
  /** All pages, by botocore's paginator. */
  paginate?: boolean;
}

interface Answer {
  output?: Output;
  pages?: Output[];
  error?: { kind: string; code: string; message: string };
}

interface Answers {
  /** What boto3's client has. */
  operations: string[];
  paginated: string[];
  answers: Answer[];
}

const skip = onlyLocal || boto3Skip;
const backend = await startBackend({ limits: limitProfiles.lenient });
/** Of its own, so that its lists hold what the test put there and nothing else. */
const listed = await startBackend({ limits: limitProfiles.lenient });
const [world, listedWorld] = [worldOf(backend), worldOf(listed)];

/** Answers of boto3, in the order of the requests, from one run of Python. */
const boto3 = (requests: readonly Request[], { endpoint } = backend) =>
  runPython('boto3_client.py', requests, endpoint!) as Promise<Answers>;

describe('boto3 calls', { skip }, () => {
  /** What could be made ready; an input that could not fails its own test only. */
  const inputs = new Map<string, PromiseSettledResult<object>>();
  const answers = new Map<string, Answer>();
  let operations: string[];
  before(async () => {
    for (const [operation, { input }] of Object.entries(calls)) {
      const [made] = await Promise.allSettled([(async () => input(world))()]);
      inputs.set(operation, made!);
    }
    const requests = [...inputs].flatMap(([operation, made]) =>
      made.status === 'fulfilled' ? [{ operation, input: made.value }] : [],
    );
    const run = await boto3(requests);
    operations = run.operations;
    for (const [index, { operation }] of requests.entries()) answers.set(operation, run.answers[index]!);
  });

  test('every operation it has', () => assert.deepEqual(operations, Object.keys(calls).sort()));

  for (const [operation, { check }] of Object.entries(calls)) {
    test(operation, () => {
      const made = inputs.get(operation)!;
      if (made.status === 'rejected') throw made.reason;
      const { output, error } = answers.get(operation)!;
      assert.equal(error, undefined);
      check(output, made.value as Output);
    });
  }
});

describe('boto3 follows the pages of', { skip }, () => {
  test('every list it has a paginator for', async () => {
    const { paginated } = await boto3([]);
    assert.deepEqual(
      paginated.filter((operation) => !listings[operation]),
      [],
    );
  });

  for (const [operation, { make, keys }] of Object.entries(listings)) {
    if (!operationNamed(operation).paginated) continue;
    test(operation, async () => {
      const { input, keys: expected } = await make(listedWorld);
      const { answers } = await boto3([{ operation, input, paginate: true }], listed);
      const { pages, error } = answers[0]!;
      assert.equal(error, undefined);
      assert.ok(pages!.length > 1);
      const found = pages!.flatMap((page) => keys(page));
      assert.deepEqual(new Set(found), new Set(expected));
      assert.equal(found.length, expected.length);
    });
  }
});

const errors: readonly {
  name: string;
  request: Request;
  expected: Omit<Answer['error'] & object, 'message'>;
}[] = [
  {
    name: 'a modelled exception is one of its classes',
    request: { operation: 'GetGroup', input: { GroupName: 'nobody' } },
    expected: { kind: 'InvalidRequestException', code: 'InvalidRequestException' },
  },
  {
    name: 'a resource that is not there is ResourceNotFoundException',
    request: { operation: 'ListTagsForResource', input: { ResourceARN: 'arn:aws:xray:::group/nobody/X' } },
    expected: { kind: 'ResourceNotFoundException', code: 'ResourceNotFoundException' },
  },
  {
    name: 'an exception that is not modelled is a ClientError with its code',
    request: { operation: 'CreateGroup', input: { GroupName: 'x'.repeat(33) } },
    expected: { kind: 'ClientError', code: 'ValidationException' },
  },
  {
    name: 'an input that boto3 refuses itself is not sent',
    request: { operation: 'CreateGroup', input: { GroupName: '' } },
    expected: { kind: 'ParamValidationError', code: '' },
  },
];

describe('to boto3', { skip }, () => {
  for (const { name, request, expected } of errors) {
    test(name, async () => {
      const { answers } = await boto3([request]);
      const { message, ...error } = answers[0]!.error!;
      assert.deepEqual(error, expected);
      assert.ok(message);
    });
  }
});
