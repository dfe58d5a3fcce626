import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { inWords, lastWordsIn, type LastWords } from './crash.ts';
import { nameInRepository } from './table.ts';

const root = mkdtempSync(join(tmpdir(), 'crash-'));
after(() => rmSync(root, { recursive: true, force: true }));
const shop = join(root, 'a copy');
const provider = 'services/payment/provider.ts';

/** An import of a program of the test, so that it is not taken for one of this file. */
const imports = (names: string, from: string) => `import ${names && `${names} from `}'${from}';`;

function write(file: string, text: string): void {
  mkdirSync(dirname(join(shop, file)), { recursive: true });
  writeFileSync(join(shop, file), text);
}

/** What a Node that runs payment with this provider leaves behind. */
function crashOf(text: string, main = `${imports('', `../../${provider}`)}\n`): LastWords | undefined {
  write(provider, text);
  write('services/payment/main.ts', main);
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(shop, 'services/payment/main.ts')],
    { encoding: 'utf8', cwd: root },
  );
  return lastWordsIn(`${stdout}${stderr}`.split('\n'), {
    nameOf: (path) => nameInRepository(path, { root, sampleApp: shop }),
    read: (path) => readFileSync(path, 'utf8'),
  });
}

write(
  'node_modules/a-package/package.json',
  '{ "name": "a-package", "type": "module", "exports": "./index.js" }',
);
write(
  'node_modules/a-package/index.js',
  "export function open() {\n  throw new RangeError('too wide');\n}\n",
);

const log =
  "console.log(JSON.stringify({ level: 'info', msg: 'payment listens on http://127.0.0.1:8083' }));\n";

const crashes: { name: string; text: string; main?: string; expected: LastWords }[] = [
  {
    name: 'a line that is not finished',
    text: 'const TIMEOUT: number = 3000;\n\nconst RETRIES = ;\n',
    expected: {
      error: 'SyntaxError',
      message: 'Expression expected',
      file: `sample-app/${provider}`,
      line: 3,
      source: 'const RETRIES = ;',
    },
  },
  {
    name: 'a file that ends too soon, which Node shows no place in',
    text: 'const a: number = 1;\n\nfunction charge() {\n',
    expected: {
      error: 'SyntaxError',
      message: "Expected '}', got '<eof>'",
      file: `sample-app/${provider}`,
      line: 3,
      source: 'function charge() {',
    },
  },
  {
    name: 'a name declared twice, which Node itself refuses',
    text: 'let retries = 2;\nlet retries = 3;\n',
    expected: {
      error: 'SyntaxError',
      message: "Identifier 'retries' has already been declared",
      file: `sample-app/${provider}`,
      line: 2,
      source: 'let retries = 3;',
    },
  },
  {
    name: 'an export that was renamed: the line that imports it',
    text: 'export const other = 1;\n',
    main: `${imports('{ paymentProvider }', `../../${provider}`)}\nconsole.log(paymentProvider);\n`,
    expected: {
      error: 'SyntaxError',
      message:
        "The requested module '../../services/payment/provider.ts' does not provide an export named 'paymentProvider'",
      file: 'sample-app/services/payment/main.ts',
      line: 1,
      source: imports('{ paymentProvider }', `../../${provider}`),
    },
  },
  {
    name: 'a package that is not installed: the line that imports it',
    text: `const a = 1;\n${imports('{ circuitBreaker }', 'cocktail')}\nconsole.log(a, circuitBreaker);\n`,
    expected: {
      error: 'Error',
      message: `Cannot find package 'cocktail' imported from ${join(shop, provider)}`,
      file: `sample-app/${provider}`,
      line: 2,
      source: imports('{ circuitBreaker }', 'cocktail'),
    },
  },
  {
    name: 'an error long after the start, with a cause of its own and log lines before it',
    text: `${log}function charge() {\n  throw new TypeError('no card', { cause: new Error('deep') });\n}\nsetTimeout(charge, 5);\n`,
    expected: {
      error: 'TypeError',
      message: 'no card',
      file: `sample-app/${provider}`,
      line: 3,
      source: "throw new TypeError('no card', { cause: new Error('deep') });",
    },
  },
  {
    name: 'a promise that nobody waits for',
    text: "async function probe() {\n  await 0;\n  throw new Error('down');\n}\nvoid probe();\n",
    expected: {
      error: 'Error',
      message: 'down',
      file: `sample-app/${provider}`,
      line: 3,
      source: "throw new Error('down');",
    },
  },
  {
    name: 'an error inside a package: the line of ours that called it',
    text: `${imports('{ open }', 'a-package')}\n\nopen();\n`,
    expected: {
      error: 'RangeError',
      message: 'too wide',
      file: `sample-app/${provider}`,
      line: 3,
      source: 'open();',
    },
  },
  {
    name: 'a file that does not exist, met in Node itself: the line of ours that asked',
    text: `${imports('{ readFileSync }', 'node:fs')}\nreadFileSync('/nowhere');\n`,
    expected: {
      error: 'Error',
      message: "ENOENT: no such file or directory, open '/nowhere'",
      file: `sample-app/${provider}`,
      line: 2,
      source: "readFileSync('/nowhere');",
    },
  },
  { name: 'a text that was thrown', text: "throw 'no reason';\n", expected: { message: 'no reason' } },
  {
    name: 'an own end with a sentence in the log',
    text: `${log}console.log(JSON.stringify({ level: 'fatal', msg: 'PORT must be a port number' }));\nprocess.exit(1);\n`,
    expected: { message: 'PORT must be a port number' },
  },
  {
    name: 'an own end after a mistake, whose stack is in the log',
    text: [
      log,
      'try {\n  (undefined as unknown as string[]).at(0);\n} catch (caught) {\n  const { name: type, message, stack } = caught as Error;\n',
      "  console.log(JSON.stringify({ level: 'fatal', msg: 'x', err: { type, message, stack } }));\n  process.exit(1);\n}\n",
    ].join(''),
    expected: {
      error: 'TypeError',
      message: "Cannot read properties of undefined (reading 'at')",
      file: `sample-app/${provider}`,
      line: 3,
      source: '(undefined as unknown as string[]).at(0);',
    },
  },
  {
    name: 'an own end without a word: the last line of the log',
    text: `${log}process.exit(3);\n`,
    expected: { message: 'payment listens on http://127.0.0.1:8083' },
  },
];

for (const { name, text, main, expected } of crashes) {
  test(`last words of ${name}`, () => assert.deepEqual(crashOf(text, main), expected));
}

test('a process that wrote nothing has no last words', () => {
  assert.equal(lastWordsIn([], { nameOf: () => undefined }), undefined);
  assert.equal(lastWordsIn(['', '  '], { nameOf: () => undefined }), undefined);
});

test('out of memory is said in V8’s words', () => {
  const lines = [
    '<--- Last few GCs --->',
    'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
    '----- Native stack trace -----',
    ' 1: 0x7b1f2e node::OOMErrorHandler(char const*, v8::OOMDetails const&) [node]',
  ];
  assert.match(
    lastWordsIn(lines, { nameOf: () => undefined })?.message ?? '',
    /^Reached heap limit|^FATAL ERROR: Reached heap limit/,
  );
});

test('in words: how it ended, the error, the place', () => {
  const crash = { at: 0, how: 'ended with exit code 1' };
  assert.equal(
    inWords({
      ...crash,
      error: 'SyntaxError',
      message: 'Expression expected',
      file: 'sample-app/a.ts',
      line: 8,
    }),
    'ended with exit code 1: SyntaxError: Expression expected, sample-app/a.ts:8',
  );
  assert.equal(inWords({ ...crash, message: 'no reason' }), 'ended with exit code 1: no reason');
  assert.equal(inWords({ ...crash, how: 'ended by SIGKILL' }), 'ended by SIGKILL');
});

const names: { path: string; expected: string | undefined }[] = [
  { path: join(shop, provider), expected: `sample-app/${provider}` },
  { path: join(root, 'xray/api/main.ts'), expected: 'xray/api/main.ts' },
  { path: join(shop, 'node_modules/zod/index.js'), expected: undefined },
  { path: join(root, '..', 'elsewhere.ts'), expected: undefined },
  { path: 'node:fs', expected: undefined },
];
for (const { path, expected } of names) {
  test(`${path.replace(root, '…')} is called ${expected ?? 'nothing'}`, () =>
    assert.equal(nameInRepository(path, { root, sampleApp: shop }), expected));
}
