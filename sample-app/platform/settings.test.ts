import assert from 'node:assert/strict';
import { test } from 'node:test';
import { address, listening, readSettings } from './settings.ts';

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
