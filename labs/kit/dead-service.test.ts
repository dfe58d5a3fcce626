import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokenEdits, missingDeaths, stoppedService } from './dead-service.ts';
import type { NearMiss } from './learner.ts';
import { pass } from './findings.ts';
import type { Lab, Step } from './types.ts';

const step = (id: string, kind: Step['kind'] = 'do'): Step => ({
  id,
  title: id,
  goal: 'See it.',
  kind,
  points: 50,
  hints: ['a', 'b', 'c'],
  solution: 'Look.',
  check: () => pass('seen', { lookedFor: 'it', found: 'it' }),
});
const file = 'services/payment/provider.ts';
const lab: Lab = {
  id: '09-small',
  title: 'Small',
  summary: 'For tests.',
  minutes: 5,
  level: 'beginner',
  maps: { c02: ['1.1'], c03: ['1.1'] },
  requires: ['payment'],
  faults: [],
  traffic: 'calm',
  edits: [file],
  steps: [step('mend'), step('tell', 'answer')],
};
const edits = (steps: readonly string[]) =>
  brokenEdits({
    file,
    steps,
    after: async () => {},
    removeFeature: (source) => source,
    featureMissing: /does nothing/,
  });

const cases: { name: string; lab: Lab; misses: readonly NearMiss[]; missing: RegExp[] }[] = [
  {
    name: 'a lab that edits code without any',
    lab,
    misses: [],
    missing: [
      /wrong\.ts: step "mend" has no near miss "syntax-error"/,
      /"service-stopped"/,
      /"feature-removed"\. Add it with brokenEdits/,
    ],
  },
  { name: 'a lab that edits code with all three', lab, misses: edits(['mend']), missing: [] },
  {
    name: 'a lab that edits code with a stopped service only',
    lab,
    misses: stoppedService({ service: 'payment', steps: ['mend'], after: async () => {} }),
    missing: [/"syntax-error"/, /"feature-removed"/],
  },
  {
    name: 'a second live step that was forgotten',
    lab: { ...lab, steps: [...lab.steps, step('mend-more')] },
    misses: edits(['mend']),
    missing: [/"mend-more" has no near miss "syntax-error"/, /"mend-more"/, /"mend-more"/],
  },
  {
    name: 'a lab that edits nothing',
    lab: { ...lab, edits: [] },
    misses: [],
    missing: [/"mend" has no near miss "service-stopped"\. Add it with stoppedService/],
  },
  {
    name: 'a lab of answers only, which are judged by traces that are there',
    lab: { ...lab, edits: [], steps: [step('tell', 'answer')] },
    misses: [],
    missing: [],
  },
  {
    name: 'an answer that is judged by what runs now',
    lab: { ...lab, edits: [], steps: [{ ...step('tell', 'answer'), live: true }] },
    misses: [],
    missing: [/"tell" has no near miss "service-stopped"/],
  },
];
for (const { name, lab: one, misses, missing } of cases) {
  test(`${name} lacks ${missing.length} near misses of a dead service`, () => {
    const told = missingDeaths(one, misses);
    assert.equal(told.length, missing.length, told.join('\n'));
    for (const [index, pattern] of missing.entries()) assert.match(told[index] ?? '', pattern);
  });
}
