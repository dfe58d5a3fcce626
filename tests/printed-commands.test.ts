/** What is true of every command in the texts, without running it. `tests/labs` runs them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { labs } from '@xray-lab/labs/catalogue';
import { insideTheLab } from '../labs/cli/aws-flags.ts';
import { verbs } from '../labs/cli/verbs/index.ts';
import { commandsOf, isAws, printedBlocks, printedWords, remedies } from './printed-commands.ts';

const blocks = printedBlocks();
const awsCommands = blocks.flatMap(({ file, commands }) =>
  commands.filter(isAws).map((command) => ({ file, command })),
);

describe('commands as they are printed', () => {
  test('there are some, in labs, guide and README', () => {
    for (const place of ['labs/01-your-first-trace/index.mdx', 'labs/02-slow-payment/index.mdx', 'README.md'])
      assert.ok(
        awsCommands.some(({ file }) => file === place),
        place,
      );
    assert.ok(awsCommands.length >= 12, `${awsCommands.length}`);
  });

  for (const { file, command } of awsCommands) {
    test(`${file}: ${command.slice(0, 60)} … stays in the lab in whatever shell it is pasted`, () => {
      if (/\baws xray /.test(command))
        assert.ok(command.replaceAll(/ \\\n\s*/g, ' ').endsWith(insideTheLab(0)), command);
      else {
        assert.match(command, /^AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local aws dynamodb /);
        assert.match(
          command,
          /--endpoint-url "\$\{AWS_ENDPOINT_URL_DYNAMODB:-http:\/\/127\.0\.0\.1:8000\}" --region us-east-1$/,
        );
      }
    });
  }

  test('outside of blocks no command of the AWS CLI is complete enough to be pasted', () => {
    const withFlags = ['labs/cli/verbs/fault-text.ts', 'scripts/start.ts'];
    const found = printedWords()
      .filter(({ file }) => !withFlags.includes(file))
      .flatMap(({ file, text }) =>
        [...text.matchAll(/\baws (?:xray|dynamodb|sts|logs) [a-z][a-z-]+/g)].map(
          ([command]) => `${file}: ${command}`,
        ),
      )
      .filter(
        (line) =>
          !/`?aws xray get-trace-summaries` to paste/.test(line) &&
          !line.startsWith('site/src/content/docs/guide/faults.mdx'),
      );
    assert.deepEqual(found, []);
  });

  test('each lab opens with the line that points the AWS CLI at it', () => {
    for (const { id } of labs) {
      const first = blocks.find(({ file }) => file === `labs/${id}/index.mdx`);
      assert.deepEqual(first?.commands, ['eval "$(npm run -s lab -- env)"'], id);
    }
  });

  test('each `npm run lab -- VERB` names a verb that exists', () => {
    const texts = [
      ...printedWords(),
      ...blocks.map(({ file, commands }) => ({ file, text: commands.join('\n') })),
      ...remedies().map((text) => ({ file: 'remedy', text })),
    ];
    const named = texts.flatMap(({ file, text }) =>
      [...text.matchAll(/npm run (?:-s )?lab\s+--\s+([a-z]+)/g)].map(([, verb = '']) => ({ file, verb })),
    );
    assert.ok(named.length > 40, `${named.length} were found`);
    const known = [...Object.keys(verbs), 'help'];
    assert.deepEqual(
      named.filter(({ verb }) => !known.includes(verb)),
      [],
    );
  });

  test('a block is read as the commands of a shell', () => {
    assert.deepEqual(commandsOf('# first\na b \\\n    c   # why\nd "#e"\n'), ['a b \\\n  c', 'd "#e"']);
    assert.deepEqual(['aws xray x', 'A=1 aws y', 'npm run aws', 'echo aws'].map(isAws), [
      true,
      true,
      false,
      false,
    ]);
  });
});
