import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Primitive } from '@xray-lab/sample-app/faults';
import { sameSeam } from './seam.ts';

const status = { kind: 'status', service: 'payment', status: 503, share: 1 } as const;
const delay = {
  kind: 'delay',
  service: 'payment',
  milliseconds: 1,
  jitterMilliseconds: 0,
  share: 1,
} as const;
const amex = { when: { member: 'card.brand', is: 'amex' } } as const;
const visa = { when: { member: 'card.brand', is: 'visa' } } as const;
const stopped = { kind: 'stopped', process: 'payment' } as const;
const environment = { kind: 'environment', process: 'payment', variables: {} } as const;
const rule = { FixedRate: 0, ReservoirSize: 0, Priority: 1, HTTPMethod: '*', URLPath: '*', ServiceName: '*' };

const cases: { name: string; a: Primitive; b: Primitive; same: boolean }[] = [
  { name: 'two answers to the same requests', a: status, b: delay, same: true },
  { name: 'answers of two services', a: status, b: { ...delay, service: 'order' }, same: false },
  {
    name: 'a path and one below it',
    a: { ...status, path: '/a' },
    b: { ...delay, path: '/a/b' },
    same: true,
  },
  {
    name: 'two paths that only look alike',
    a: { ...status, path: '/a' },
    b: { ...delay, path: '/ab' },
    same: false,
  },
  { name: 'two methods', a: { ...status, method: 'GET' }, b: { ...delay, method: 'POST' }, same: false },
  { name: 'two values of one member', a: { ...status, ...amex }, b: { ...delay, ...visa }, same: false },
  { name: 'one value and every value', a: { ...status, ...amex }, b: delay, same: true },
  {
    name: 'an answer and a lost header',
    a: status,
    b: { kind: 'lost-header', service: 'payment', share: 1 },
    same: false,
  },
  { name: 'a stopped process and its deployment', a: stopped, b: environment, same: true },
  { name: 'a stopped process and a request to it', a: stopped, b: status, same: true },
  { name: 'a request to it and a stopped process', a: status, b: stopped, same: true },
  { name: 'a deployment and a request to it', a: environment, b: status, same: false },
  {
    name: 'one flag twice',
    a: { kind: 'flag', service: 'order', flag: 'x' },
    b: { kind: 'flag', service: 'order', flag: 'x' },
    same: true,
  },
  {
    name: 'two flags',
    a: { kind: 'flag', service: 'order', flag: 'x' },
    b: { kind: 'flag', service: 'order', flag: 'y' },
    same: false,
  },
  {
    name: 'the capacity of one table',
    a: { kind: 'capacity', table: 'orders', readUnits: 1 },
    b: { kind: 'capacity', table: 'orders', writeUnits: 1 },
    same: true,
  },
  {
    name: 'capacity and permission of one table',
    a: { kind: 'capacity', table: 'orders', readUnits: 1 },
    b: { kind: 'deny', table: 'orders' },
    same: false,
  },
  {
    name: 'one sampling rule twice',
    a: { kind: 'sampling-rule', rule: { RuleName: 'r', ...rule } },
    b: { kind: 'sampling-rule', rule: { RuleName: 'r', ...rule } },
    same: true,
  },
];

for (const { name, a, b, same } of cases) {
  test(`${name}: ${same ? 'one seam' : 'two seams'}, whichever comes first`, () => {
    assert.equal(sameSeam(a, b), same);
    assert.equal(sameSeam(b, a), same);
  });
}
