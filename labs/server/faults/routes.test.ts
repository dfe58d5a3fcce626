import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testLab } from '../testing/test-lab.ts';

test('a body that is not sent as JSON is refused, and not taken for an empty one', async () => {
  const lab = await testLab();
  try {
    const text = await lab.ask('POST', '/lab/faults/slow', '{"parameters":{"share":0.5}}', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    assert.equal(text.status, 400);
    assert.equal(text.body.field, 'body');
    assert.match(text.body.remedy, /Content-Type: application\/json/);
    assert.deepEqual(lab.engine.active(), []);

    assert.equal((await lab.ask('POST', '/lab/faults/slow')).status, 200, 'no body at all is fine');
  } finally {
    await lab.close();
  }
});
