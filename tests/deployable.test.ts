import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faults } from '@xray-lab/sample-app/faults';
import { deployable } from '../scripts/supervisor/deployable.ts';

/** The control plane adds it itself, for a slow link. */
const ofTheControlPlane = ['AWS_ENDPOINT_URL_XRAY'];

const ofFaults = faults.flatMap(({ parameters, primitives }) =>
  primitives(parameters.parse({})).flatMap((one) =>
    'variables' in one ? Object.keys(one.variables as object) : [],
  ),
);

test('a deployment may bring just the variables that faults set, and no other', () => {
  assert.ok(ofFaults.length > 10, 'the catalogue deploys processes');
  assert.deepEqual([...deployable].sort(), [...new Set([...ofFaults, ...ofTheControlPlane])].sort());
});

test('none of them makes a program run other code', () => {
  const dangerous = /^(?:NODE_|LD_|DYLD_|PATH$|HOME$|SHELL$|npm_)|OPTIONS$/;
  assert.deepEqual(
    [...deployable].filter((name) => dangerous.test(name)),
    [],
  );
});
