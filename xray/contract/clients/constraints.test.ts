import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { limitProfiles } from '../../limits.ts';
import { onlyLocal, startBackend } from '../harness.ts';
import { calls } from './calls.ts';
import { brokenRequests, extremeRequests, type ModelRequest } from './official-model/requests.ts';
import { operationNamed } from './official-model/service-model.ts';
import { post, worldOf } from './world.ts';

const backend = await startBackend({ limits: limitProfiles.lenient });
const world = worldOf(backend);
const { endpoint } = backend;

/** The codes of a refused body: Coral's two for what does not fit the model, and the one X-Ray models. */
const refusals = ['ValidationException', 'SerializationException', 'InvalidRequestException'];

/** Constraints of AWS's model that are not enforced, and why. */
const notEnforced: readonly { request: RegExp; because: string }[] = [
  {
    request: /^\w+ Tags\.\*\.Value (missing|null)$/,
    because: 'AWS’s prose calls the value of a tag optional: a missing one is the empty one',
  },
];

/** Values at a limit that the model allows and the operation refuses all the same, by what they mean. */
const meaningless: readonly { request: RegExp; code: string; because: string }[] = [
  {
    request: / NextToken at /,
    code: 'InvalidRequestException',
    because: 'a token that was never given out',
  },
  {
    request: /^(?!CreateGroup )\w+ Group(Name|ARN) at /,
    code: 'InvalidRequestException',
    because: 'a group nobody made',
  },
  {
    request: /^(TagResource|UntagResource|ListTagsForResource) ResourceARN at /,
    code: 'ResourceNotFoundException',
    because: 'a resource nobody made',
  },
  {
    request: / RetrievalToken at /,
    code: 'ResourceNotFoundException',
    because: 'a retrieval nobody started',
  },
  {
    request: / EntitySelectorExpression at /,
    code: 'InvalidRequestException',
    because: 'a row of the letter x is no filter expression',
  },
  {
    request: /PutEncryptionConfig KeyId at /,
    code: 'InvalidRequestException',
    because: 'no key id, no alias and no ARN of either',
  },
  {
    request: /PutEncryptionConfig Type is NONE$/,
    code: 'InvalidRequestException',
    because: 'the base names a key, which goes with KMS only',
  },
];

const say = (operation: string, { name }: ModelRequest, status: number, text: string) =>
  `${operation} with ${name}: ${status} ${text}`;

describe('a request that breaks one constraint of AWS’s model is refused, naming the member', () => {
  for (const [operation, { input }] of Object.entries(calls)) {
    test(operation, { skip: onlyLocal }, async () => {
      const { path } = operationNamed(operation);
      const wrong: string[] = [];
      for (const request of brokenRequests(operation, await input(world))) {
        const isKnown = notEnforced.some(({ request: known }) => known.test(`${operation} ${request.name}`));
        const { status, code, message } = await post(endpoint!, path, JSON.stringify(request.body));
        // Whatever it is taken for, it is never the server's fault.
        const isRefused = isKnown ? status < 500 : status === 400 && refusals.includes(code);
        const isNamed = message.toLowerCase().includes(request.member.toLowerCase());
        if (!isRefused || !(isNamed || isKnown))
          wrong.push(say(operation, request, status, `${code} ${message}`));
      }
      assert.deepEqual(wrong, []);
    });
  }
});

describe('a request at a limit of AWS’s model is accepted', () => {
  for (const [operation, { input }] of Object.entries(calls)) {
    test(operation, { skip: onlyLocal }, async () => {
      const { path } = operationNamed(operation);
      const wrong: string[] = [];
      const names = extremeRequests(operation, await input(world)).map(({ name }) => name);
      for (const [index, name] of names.entries()) {
        // Each with an input of its own, since an accepted call may have used up what the last one needed.
        const request = extremeRequests(operation, await input(world))[index]!;
        const { status, code, message } = await post(endpoint!, path, JSON.stringify(request.body));
        const known = meaningless.find(({ request: pattern }) => pattern.test(`${operation} ${name}`));
        if (status !== 200 && code !== known?.code) {
          wrong.push(say(operation, request, status, `${code} ${message}`));
        }
      }
      assert.deepEqual(wrong, []);
    });
  }
});
