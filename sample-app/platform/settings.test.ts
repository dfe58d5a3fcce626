import assert from 'node:assert/strict';
import { test } from 'node:test';
import { address, listening, readSettings, replicas } from './settings.ts';

const shape = { ...listening(8080), ORDER_URL: address('http://localhost:8082') };

test('every setting has a default, also when its variable is set to nothing', () => {
  assert.deepEqual(readSettings(shape, { PORT: '' }), {
    HOST: '127.0.0.1',
    PORT: 8080,
    ORDER_URL: 'http://localhost:8082',
  });
});

test('a port is a number and an address has no slash at its end', () => {
  const settings = readSettings(shape, { PORT: '0', ORDER_URL: 'http://order:8082/' });
  assert.equal(settings.PORT, 0);
  assert.equal(settings.ORDER_URL, 'http://order:8082');
});

const wrong = [
  { environment: { PORT: 'eighty' }, message: /PORT must be a port number, but is "eighty"/ },
  { environment: { PORT: '70000' }, message: /PORT must be a port number, at most 65535, but is "70000"/ },
  {
    environment: { ORDER_URL: 'order:8082' },
    message: /ORDER_URL must be an http address.*but is "order:8082"/,
  },
];
for (const { environment, message } of wrong) {
  test(`${JSON.stringify(environment)} is refused by name`, () => {
    assert.throws(() => readSettings(shape, environment), message);
  });
}

test('replicas are a list of addresses with their weights', () => {
  const { INVENTORY_URL } = readSettings(
    { INVENTORY_URL: replicas('http://localhost:8084') },
    { INVENTORY_URL: 'http://inventory:8084*4, http://inventory-2:8086/*1' },
  );
  assert.deepEqual(INVENTORY_URL, [
    { url: 'http://inventory:8084', weight: 4 },
    { url: 'http://inventory-2:8086', weight: 1 },
  ]);
  assert.deepEqual(readSettings({ URL: replicas('http://localhost:1') }, {}).URL, [
    { url: 'http://localhost:1', weight: 1 },
  ]);
});

for (const text of ['inventory:8084', 'http://a:1,', 'http://a:1*0', 'http://a:1*many']) {
  test(`replicas written as ${text} are refused by name`, () => {
    assert.throws(
      () => readSettings({ URL: replicas('http://localhost:1') }, { URL: text }),
      /URL must be http addresses/,
    );
  });
}
