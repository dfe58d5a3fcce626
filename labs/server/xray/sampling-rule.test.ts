import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silent } from '../log.ts';
import { createSamplingRule, everything } from './sampling-rule.ts';

const refused = (message: string, httpStatusCode?: number) =>
  Object.assign(new Error(message), httpStatusCode ? { $metadata: { httpStatusCode } } : {});

const cases = [
  { name: 'an API that answers gets the rule once', answers: [undefined], tries: 1 },
  {
    name: 'an API that is still starting is tried again',
    answers: [refused('ECONNREFUSED'), refused('busy', 503), undefined],
    tries: 3,
  },
  {
    name: 'a rule that exists already stays as it is',
    answers: [refused('Rule lab-everything already exists.', 400)],
    tries: 1,
  },
];
for (const { name, answers, tries } of cases) {
  test(name, async () => {
    const rules: unknown[] = [];
    await createSamplingRule(
      {
        async createSamplingRule(rule) {
          const answer = answers[rules.length];
          rules.push(rule);
          if (answer) throw answer;
        },
      },
      async () => {},
      silent,
    );
    assert.equal(rules.length, tries);
    assert.ok(rules.every((rule) => rule === everything));
  });
}

test('a lab that closes gives up waiting', async () => {
  const api = { createSamplingRule: async () => Promise.reject(refused('ECONNREFUSED')) };
  const closing = async () => Promise.reject(new Error('closing'));
  await assert.rejects(createSamplingRule(api, closing, silent), /closing/);
});
