import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pagePolicies, pagePolicy } from './page-headers.ts';
import { testLab } from './testing/test-lab.ts';

// The script and its hash are the example of https://www.w3.org/TR/CSP3/ (section 8.3).
const SCRIPT = `alert('Hello, world.');`;
const HASH = `'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='`;

const directive = (policy: string | null, name: string) =>
  policy
    ?.split('; ')
    .find((one) => one.startsWith(`${name} `))
    ?.slice(name.length + 1);

describe('what a page may load', () => {
  const cases = [
    { name: 'an inline script', html: `<script>${SCRIPT}</script>`, allowed: [HASH] },
    { name: 'one with attributes', html: `<script type="module" defer>${SCRIPT}</script>`, allowed: [HASH] },
    { name: 'in capitals, over two lines', html: `<SCRIPT\n>${SCRIPT}</SCRIPT >`, allowed: [HASH] },
    { name: 'the same one twice, once', html: `<script>${SCRIPT}</script>`.repeat(2), allowed: [HASH] },
    {
      name: 'a file of this origin needs no hash',
      html: '<script src="/_astro/a.js"></script>',
      allowed: [],
    },
    {
      name: 'an attribute that only ends in src is no file',
      html: `<script data-src="a">${SCRIPT}</script>`,
      allowed: [HASH],
    },
    { name: 'a page without scripts', html: '<p onclick="alert(1)">', allowed: [] },
  ];
  for (const { name, html, allowed } of cases) {
    test(name, () => {
      const scripts = directive(pagePolicy(html), 'script-src')!.split(' ');
      assert.deepEqual(scripts, ["'self'", "'wasm-unsafe-eval'", ...allowed]);
    });
  }

  test('a page that a build has changed gets the new policy', () => {
    const folder = mkdtempSync(join(tmpdir(), 'page-'));
    const file = join(folder, 'index.html');
    const policyOf = pagePolicies();
    writeFileSync(file, `<script>${SCRIPT}</script>`);
    assert.match(policyOf(file)!, /sha256-qznLcs/);
    writeFileSync(file, '<script>other()</script>');
    utimesSync(file, new Date(), new Date(Date.now() + 5_000));
    assert.doesNotMatch(policyOf(file)!, /sha256-qznLcs/);
    assert.equal(policyOf(join(folder, 'a.css')), undefined);
    rmSync(folder, { recursive: true });
  });
});

describe('the headers of an answer', () => {
  async function labWithSite() {
    const siteDist = mkdtempSync(join(tmpdir(), 'site-'));
    mkdirSync(join(siteDist, '_astro'));
    for (const file of ['index.html', '404.html'])
      writeFileSync(join(siteDist, file), `<script>${SCRIPT}</script>`);
    writeFileSync(join(siteDist, '_astro', 'a.js'), 'code');
    return testLab({ siteDist });
  }

  for (const { address, scripts } of [
    { address: '/', scripts: `'self' 'wasm-unsafe-eval' ${HASH}` },
    { address: '/no/such', scripts: `'self' 'wasm-unsafe-eval' ${HASH}` },
    // As a worker: the policy of the page that starts it does not hold there.
    { address: '/_astro/a.js', scripts: "'self' 'wasm-unsafe-eval'" },
    { address: '/lab/status', scripts: undefined },
    { address: '/lab/no-such', scripts: undefined },
  ]) {
    test(`${address}: runs ${scripts ?? 'nothing'}, and stays ours`, async (t) => {
      const lab = await labWithSite();
      t.after(() => lab.close());
      const { headers } = await lab.ask('GET', address);
      const policy = headers.get('content-security-policy');
      assert.equal(directive(policy, 'default-src'), "'none'");
      assert.equal(directive(policy, 'frame-ancestors'), "'self'");
      assert.equal(directive(policy, 'script-src'), scripts);
      assert.deepEqual(
        [
          'referrer-policy',
          'cross-origin-opener-policy',
          'cross-origin-resource-policy',
          'x-content-type-options',
        ].map((name) => headers.get(name)),
        ['no-referrer', 'same-origin', 'same-origin', 'nosniff'],
      );
    });
  }
});
