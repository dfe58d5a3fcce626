import assert from 'node:assert/strict';
import { withoutClock, type Scenario } from '../scenario.ts';
import type { LastWords } from '../stage.ts';

const local = ['-n', 'us-east-1', '-o', '-m', '100', '-b', '127.0.0.1:0'];
const commandLines: string[][] = [
  ['-h'],
  ['--help'],
  ['-v'],
  ['-m', '0x5', '-version'],
  ['-z'],
  ['-b'],
  ['-m', 'lots'],
  ['-o=maybe'],
  ['-=3'],
  ['---x'],
  ['-c', 'absent.yaml'],
  [...local, '-m', '2'],
  [...local, '-b', 'nonsense'],
  [...local, '-b', '127.0.0.1:99999'],
  [...local, '-b', '192.0.2.1:2000'],
  [...local, '-t', 'nonsense'],
  [...local, '-p', '://x'],
  [...local, '-n', ''],
  ['-m', '100', '-b', '127.0.0.1:0'],
];

const configFiles = [
  '',
  'hello',
  '- 1',
  'Region: eu-west-1',
  'Version:',
  'Version: 3',
  'Version: "2"',
  'Version: 2\nColour: blue',
  'Colour: 1\nVersion: 3',
  'version: 2',
  'Version: 2\nSocket:',
  'Version: 2\nSocket: x',
  'Version: 2\nSocket:\n  Deep:\n    Er: 1',
  'Version: 2\nProfile:\n  CPU: x',
  'Version: 2\nProfile:\n  Memory: x',
  'Version: 2\nSocket:\n  BufferSizeKB: 1',
  'Version: 2\nLogging:\n  LogFormat: x',
  'Version: 2\nProcessor:\n  BatchProcessorQueueSize: 1',
  'Version: 2\nProcessor:\n  Region: x',
  'Version: 2\nProcessor:\n  Endpoint: x',
  'Version: 2\nProcessor:\n  Routine: 1',
  'Version: 2\nLogRotation: true',
  'Version: 2\nMemoryLimit: 2',
  'Version: 2\nTotalBufferSizeMB: 2',
  'Version: 2\nConcurrency: many',
  'Version: 2\nConcurrency: "4"\nSocket:\n  TCPAddress: [1]',
  'Version: 2\nLogging:\n  LogRotation: maybe-or-not',
  'Version: 2\nRegion: {a: b}',
];

function withoutTimesOf({ code, stdout, stderr }: LastWords): LastWords {
  assert.notEqual(code, null, 'it ends by itself');
  return { code, stdout: withoutClock(stdout), stderr: withoutClock(stderr) };
}

/** Command lines and cfg.yaml files that a daemon does not stay up for. */
export const lastWords: readonly Scenario[] = [
  ...commandLines.map((args): Scenario => ({
    name: `ends, called with: ${args.map((arg) => arg || "''").join(' ')}`,
    observe: async (stage) => withoutTimesOf(await stage.runToEnd(args)),
  })),
  ...configFiles.map((text): Scenario => ({
    name: `refuses a cfg.yaml: ${JSON.stringify(text)}`,
    async observe(stage) {
      const args = ['-c', 'bad.yaml', '-o', '-n', 'us-east-1', '-b', '127.0.0.1:0'];
      return withoutTimesOf(await stage.runToEnd(args, { 'bad.yaml': text }));
    },
  })),
];
