import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Primitive } from '@xray-lab/sample-app/faults';
import type { SamplingRule } from '../xray/client.ts';
import { createSamplingRuleTarget } from './sampling-rule-target.ts';

const eater: Primitive = {
  kind: 'sampling-rule',
  rule: {
    RuleName: 'eater',
    Priority: 1,
    FixedRate: 0,
    ReservoirSize: 0,
    HTTPMethod: '*',
    URLPath: '/checkout',
    ServiceName: '*',
  },
};

function rules() {
  const present = new Map<string, SamplingRule>();
  return {
    present,
    createSamplingRule: async (rule: SamplingRule) => void present.set(rule.RuleName!, rule),
    deleteSamplingRule: async (name: string) => void present.delete(name),
    samplingRuleNames: async () => [...present.keys()],
  };
}

test('a rule is created whole, and deleted afterwards', async () => {
  const xray = rules();
  const target = createSamplingRuleTarget(xray);
  target.want([eater]);
  await target.reconcile();
  assert.equal(target.reason(), undefined);
  const rule = xray.present.get('eater');
  assert.equal(rule?.URLPath, '/checkout');
  assert.equal(rule?.ResourceARN, '*');
  target.want([]);
  await target.reconcile();
  assert.equal(xray.present.size, 0);
});

test('a rule that a learner deletes stays deleted', async () => {
  const xray = rules();
  const target = createSamplingRuleTarget(xray);
  target.want([eater]);
  await target.reconcile();
  xray.present.clear();
  await target.reconcile();
  assert.equal(xray.present.size, 0);
  assert.equal(target.reason(), 'The sampling rule eater was deleted by hand.');
});

test('a rule with other members replaces the one of that name', async () => {
  const xray = rules();
  const target = createSamplingRuleTarget(xray);
  target.want([eater]);
  await target.reconcile();
  target.want([{ ...eater, rule: { ...eater.rule, FixedRate: 0.5 } }]);
  await target.reconcile();
  assert.equal(xray.present.get('eater')?.FixedRate, 0.5);
});

test('X-Ray’s refusal is the reason', async () => {
  const target = createSamplingRuleTarget({
    ...rules(),
    createSamplingRule: () => Promise.reject(new Error('You have 25 rules.')),
  });
  target.want([eater]);
  await target.reconcile();
  assert.match(target.reason() ?? '', /You have 25 rules/);
});

test('a rule that an earlier lab process created is deleted, unless it is wanted again', async () => {
  for (const wanted of [[], [eater]]) {
    const xray = rules();
    await xray.createSamplingRule({ RuleName: 'eater' } as SamplingRule);
    const target = createSamplingRuleTarget(xray);
    target.leftBehind?.([eater], 1000);
    target.want(wanted);
    await target.reconcile();
    assert.equal(xray.present.has('eater'), wanted.length > 0);
    assert.equal(target.reason(), undefined);
  }
});
