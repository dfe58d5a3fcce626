import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ports } from '../labs/cli/doctor.ts';
import { FIRST_EPHEMERAL_PORT, portOffsets } from '../scripts/supervisor/port-offsets.ts';
import { processTable, SUPERVISOR_PORT } from '../scripts/supervisor/table.ts';
import { root } from './imports.ts';

const table = new Map(processTable.map(({ name, port }) => [name, port]));

test('the doctor looks at the ports of the process table, and at the supervisor\u2019s', () => {
  const looked = new Map(ports.map(({ name, port }) => [name, port]));
  assert.deepEqual(
    looked,
    new Map([...looked.keys()].map((name) => [name, table.get(name) ?? SUPERVISOR_PORT])),
  );
  assert.deepEqual(new Set(looked.keys()), new Set([...table.keys(), 'supervisor']));
});

test('docker-compose publishes every process of the table at its port', () => {
  const compose = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
  for (const [name, port] of table) {
    assert.match(compose, new RegExp(`\\n  ${name}:\\n`), name);
    assert.ok(compose.includes(`:-${port}}:${port}'`), `${name} at ${port}`);
  }
});

test('labs side by side share no port, with each other, with a learner\u2019s own, or with outgoing connections', () => {
  const owners = new Map<number, string>();
  for (const [lab, offset] of Object.entries({ 'a learner\u2019s own': 0, ...portOffsets }))
    for (const [name, port] of [...table, ['supervisor', SUPERVISOR_PORT] as const]) {
      const at = port + offset;
      const owner = `${name} of ${lab}`;
      assert.ok(at < FIRST_EPHEMERAL_PORT, `${owner} at ${at}`);
      assert.equal(owners.get(at), undefined, `${owner} at ${at}`);
      owners.set(at, owner);
    }
});
