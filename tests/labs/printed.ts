/** Every command of the texts, as somebody pastes it who has read nothing before it. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { labs } from '@xray-lab/labs/catalogue';
import { isAws, printedBlocks, remedies } from '../printed-commands.ts';
import { inFreshShell, recorder, type PrintedLab } from './run-printed.ts';

/** Not run here, and why. What is not listed is run. */
const NOT_RUN: readonly [RegExp, string][] = [
  [/^git clone/, 'its address is left out'],
  [
    /^npm (start|test|ci)\b|^npm run (faults:prove|labs:prove|test|bench)|^node --test/,
    'starts or tests a whole lab',
  ],
  [/^docker /, 'the suite compose'],
  [
    /^(export AWS_REGION|([A-Z_]+=\S+ )*node (xray|sample-app)\/)/,
    'starts a process that stays; contract and journey do',
  ],
  [/^npm run xray\b/, 'stays until Ctrl-C; tests/xray-alone.test.ts runs it'],
  [/-- stop inventory/, 'the beginning of running inventory by hand'],
  [/^psql /, 'needs a client of PostgreSQL'],
  [/-- down\b/, 'ends the lab'],
  [/-- solution /, 'costs points'],
];

const isRun = (command: string) => !NOT_RUN.some(([pattern]) => pattern.test(command));

/** What a shell of somebody who works with AWS holds. None of it is real. */
const KEY = 'AKIAIOSFODNN7EXAMPLE';
const TOKEN = 'a-token-of-a-real-account';
const realAccount = {
  AWS_ACCESS_KEY_ID: KEY,
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  AWS_SESSION_TOKEN: TOKEN,
  AWS_REGION: 'eu-west-1',
  // Version 1 of the CLI reads only this one.
  AWS_DEFAULT_REGION: 'eu-west-1',
};
const profileConfig = [
  '[profile work]',
  'region = eu-west-1',
  'role_arn = arn:aws:iam::123456789012:role/admin',
  'source_profile = base',
  '[profile base]',
  `aws_access_key_id = ${KEY}`,
  'aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
].join('\n');

/** Everything that is not on the loopback address goes to the proxy, which writes it down. */
const throughProxy = (url: string) => ({
  ...Object.fromEntries(
    ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'].map((name) => [name, url]),
  ),
  NO_PROXY: '127.0.0.1,localhost',
  no_proxy: '127.0.0.1,localhost',
});

/** Runs the commands of all texts against a lab, one test for each text. Leaves no fault and no run behind. */
export async function runPrinted(t: TestContext, lab: PrintedLab): Promise<void> {
  const blocks = printedBlocks();
  const tidy = () =>
    inFreshShell(lab, ['npm run -s lab -- fault off --all', 'npm run -s lab -- traffic calm']);

  for (const file of [...new Set(blocks.map((block) => block.file))]) {
    const commands = blocks
      .filter((block) => block.file === file)
      .map((block) => block.commands.filter(isRun));
    const isLab = labs.some(({ id }) => file === `labs/${id}/index.mdx`);
    await t.test(`${file}: its commands run in a fresh shell`, async () => {
      // A lab is read in one terminal from its first line on; of other texts each block stands alone.
      for (const together of isLab ? [commands.flat()] : commands.filter((block) => block.length > 0)) {
        const { code, stdout, stderr } = await inFreshShell(lab, together);
        assert.equal(code, 0, `${together.join('\n')}\n${stdout.slice(-500)}${stderr}`);
      }
    });
  }
  await tidy();

  await t.test('what a check says to run, runs', async () => {
    for (const command of remedies().filter(isRun)) {
      const { code, stderr, stdout } = await inFreshShell(lab, [command]);
      // 1 is an answer, such as "not yet"; 2 is a wrong use.
      assert.ok(code === 0 || code === 1, `${command}: ${code}\n${stdout}${stderr}`);
    }
  });

  const alone = [...new Set(blocks.flatMap((block) => block.commands).filter(isAws))];
  await t.test(
    'each command of the AWS CLI runs alone, without the line that points it at the lab',
    async () => {
      for (const command of alone) {
        const { code, stderr } = await inFreshShell(lab, [command]);
        assert.ok(code === 0 || /GroupAlreadyExists|already exists/.test(stderr), `${command}\n${stderr}`);
      }
    },
  );

  // One of each operation is enough for what follows.
  const operations = [
    ...new Map(alone.map((command) => [/aws \S+ \S+/.exec(command)?.[0], command])).values(),
  ];
  const proxy = await recorder();
  try {
    const shells = [
      { name: 'keys of an account', extra: realAccount, config: undefined },
      { name: 'a profile that assumes a role', extra: { AWS_PROFILE: 'work' }, config: profileConfig },
    ];
    for (const { name, extra, config } of shells) {
      const run = (commands: readonly string[]) =>
        inFreshShell(lab, commands, { ...extra, ...throughProxy(proxy.url) }, config);

      await t.test(`in a shell with ${name} nothing leaves the machine`, async () => {
        proxy.requests.length = 0;
        for (const command of operations) {
          const { code, stderr } = await run([command]);
          assert.ok(code === 0 || /already exists/.test(stderr), `${command}\n${stderr}`);
        }
        const { code, stderr } = await run([
          'eval "$(npm run -s lab -- env)"',
          'aws xray get-trace-summaries --start-time $(( $(date +%s) - 60 )) --end-time $(date +%s)',
        ]);
        assert.equal(code, 0, stderr);
        assert.deepEqual(proxy.requests, []);
      });

      await t.test(`and with ${name} a command without its last line would have left it`, async () => {
        proxy.requests.length = 0;
        const { code } = await run(['aws xray get-groups --cli-connect-timeout 5']);
        assert.notEqual(code, 0);
        assert.match(proxy.requests.map(({ line }) => line).join('\n'), /CONNECT \S+\.amazonaws\.com:443/);
      });
    }
  } finally {
    await proxy.close();
  }

  await t.test('not even the lab is shown a key of the account', async () => {
    const endpoint = await recorder();
    try {
      for (const command of operations.filter((one) => one.includes('aws xray '))) {
        await inFreshShell(lab, [command], { ...realAccount, AWS_ENDPOINT_URL_XRAY: endpoint.url });
      }
      assert.ok(endpoint.requests.length > 0);
      for (const { headers } of endpoint.requests)
        assert.doesNotMatch(headers, new RegExp(`${KEY}|${TOKEN}`));
    } finally {
      await endpoint.close();
    }
  });
}
