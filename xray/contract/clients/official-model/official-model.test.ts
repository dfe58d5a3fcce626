import assert from 'node:assert/strict';
import { test } from 'node:test';
import { departures } from './departures.ts';
import { brokenRequests, extremeRequests } from './requests.ts';

const group = {
  GroupName: 'g',
  FilterExpression: 'fault',
  InsightsConfiguration: { InsightsEnabled: true, NotificationsEnabled: false },
  Tags: [{ Key: 'team', Value: 'checkout' }],
};

const namesOf = (requests: readonly { name: string }[]) => requests.map(({ name }) => name);

test('a request is made for each constraint, at every depth', () => {
  assert.deepEqual(namesOf(brokenRequests('CreateGroup', group)), [
    'GroupName is 17',
    'GroupName is {"an":"object"}',
    'GroupName missing',
    'GroupName null',
    'GroupName below 1',
    'GroupName above 32',
    'FilterExpression is 17',
    'FilterExpression is {"an":"object"}',
    'InsightsConfiguration is "text"',
    'InsightsConfiguration is ["list"]',
    'InsightsConfiguration.InsightsEnabled is "true"',
    'InsightsConfiguration.InsightsEnabled is 1',
    'InsightsConfiguration.NotificationsEnabled is "true"',
    'InsightsConfiguration.NotificationsEnabled is 1',
    'Tags is "text"',
    'Tags is {"an":"object"}',
    'Tags above 200',
    'Tags.* is "text"',
    'Tags.* is ["list"]',
    'Tags.*.Key is 17',
    'Tags.*.Key is {"an":"object"}',
    'Tags.*.Key missing',
    'Tags.*.Key null',
    'Tags.*.Key below 1',
    'Tags.*.Key above 128',
    'Tags.*.Value is 17',
    'Tags.*.Value is {"an":"object"}',
    'Tags.*.Value missing',
    'Tags.*.Value null',
    'Tags.*.Value above 256',
  ]);
});

test('a request breaks its constraint and nothing else', () => {
  const tooLong = brokenRequests('CreateGroup', group).find(({ name }) => name === 'Tags.*.Key above 128');
  assert.deepEqual(tooLong?.body, { ...group, Tags: [{ Key: 'x'.repeat(129), Value: 'checkout' }] });
  assert.equal(tooLong?.member, 'Key');
});

test('a request is made for each limit and each value of an enum', () => {
  assert.deepEqual(namesOf(extremeRequests('CreateGroup', group)), [
    'GroupName at 1',
    'GroupName at 32',
    'Tags at 0',
    'Tags at 200',
    'Tags.*.Key at 1',
    'Tags.*.Key at 128',
    'Tags.*.Value at 0',
    'Tags.*.Value at 256',
  ]);
  assert.deepEqual(namesOf(extremeRequests('PutEncryptionConfig', { Type: 'NONE' })), [
    'KeyId at 1',
    'KeyId at 3000',
    'Type is NONE',
    'Type is KMS',
  ]);
});

test('a base that lacks a structure is refused, since nothing below it could be tried', () => {
  const { Tags: _, ...base } = group;
  assert.throws(() => brokenRequests('CreateGroup', base), /lacks Tags/);
});

const answers = [
  { name: 'a text for a number', shape: 'Edge', value: { ReferenceId: '1' } },
  { name: 'an ISO time for epoch seconds', shape: 'Edge', value: { StartTime: '2026-11-22T00:00:00Z' } },
  { name: 'null', shape: 'Edge', value: { Aliases: null } },
  { name: 'an integer with more than 32 bits', shape: 'Edge', value: { ReferenceId: 2 ** 31 } },
  { name: 'a fraction for an integer', shape: 'HistogramEntry', value: { Count: 0.5 } },
  { name: 'a member the model does not have', shape: 'Edge', value: { Type: 'x' } },
  { name: 'a required member that is missing', shape: 'Tag', value: { Key: 'k' } },
  { name: 'a value outside its enum', shape: 'EncryptionConfig', value: { Type: 'AES' } },
  { name: 'a text that is too long', shape: 'Span', value: { Id: '0'.repeat(17) } },
  { name: 'a list that is too long', shape: 'TraceSpanList', value: [{}, {}, {}, {}, {}, {}] },
  { name: 'a text against its pattern', shape: 'Insight', value: { InsightId: '1' } },
  {
    name: 'an entry of a map with a key that is too long',
    shape: 'AttributeMap',
    value: { ['k'.repeat(33)]: 'v' },
  },
  { name: 'a union of nothing', shape: 'IndexingRuleValue', value: {} },
];
for (const { name, shape, value } of answers) {
  test(`${name} departs from the model`, () => assert.equal(departures(shape, value).length, 1));
}

test('an answer that fits the model does not depart from it', () => {
  const edge = {
    ReferenceId: 1,
    StartTime: 1.5,
    SummaryStatistics: { OkCount: 2 ** 40, TotalResponseTime: 0.25 },
    ResponseTimeHistogram: [{ Value: 0.1, Count: 1 }],
  };
  assert.deepEqual(departures('Edge', edge), []);
});
