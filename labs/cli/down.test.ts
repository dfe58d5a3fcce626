import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LabFile } from '../../scripts/lab-file.ts';
import { bringDown, type Machine } from './verbs/down.ts';

function machine(state: {
  file?: Pick<LabFile, 'pid'>;
  aliveFor?: number;
  command?: string;
  answers?: boolean;
}) {
  const done: string[] = [];
  let left = state.aliveFor ?? 0;
  const fake: Machine = {
    readLabFile: () => state.file,
    removeLabFile: () => void done.push('file removed'),
    isAlive: () => left > 0,
    commandOf: () => state.command,
    terminate: (pid) => void done.push(`SIGTERM ${pid}`),
    answers: async () => state.answers ?? false,
    pause: async (milliseconds) => void (left -= milliseconds),
  };
  return { fake, done };
}

const cases: {
  name: string;
  state: Parameters<typeof machine>[0];
  says: RegExp;
  failed: boolean;
  done: string[];
}[] = [
  {
    name: 'a lab that stops is waited for',
    state: { file: { pid: 42 }, aliveFor: 2000, command: 'node scripts/start.ts' },
    says: /has stopped \(process 42\)/,
    failed: false,
    done: ['SIGTERM 42', 'file removed'],
  },
  {
    name: 'a lab that does not stop is a failure with the next step',
    state: { file: { pid: 42 }, aliveFor: 60_000 },
    says: /kill -9 42/,
    failed: true,
    done: ['SIGTERM 42'],
  },
  { name: 'without a lab there is nothing to do', state: {}, says: /not running/, failed: false, done: [] },
  {
    name: 'a file of a lab that is gone is cleared away',
    state: { file: { pid: 42 } },
    says: /not running/,
    failed: false,
    done: ['file removed'],
  },
  {
    name: 'another program that got the same process id is left alone',
    state: { file: { pid: 42 }, aliveFor: 9000, command: 'vim notes.txt' },
    says: /not running/,
    failed: false,
    done: ['file removed'],
  },
  {
    name: 'a lab of another folder or in Docker is not ours to stop',
    state: { answers: true },
    says: /docker compose down/,
    failed: true,
    done: [],
  },
];
for (const { name, state, says, failed, done } of cases) {
  test(name, async () => {
    const { fake, done: seen } = machine(state);
    const outcome = await bringDown(fake);
    assert.match(outcome.text, says);
    assert.equal(outcome.failed ?? false, failed);
    assert.deepEqual(seen, done);
  });
}
