/** The site before it is built, and the moment it is there. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import express from 'express';
import { siteRoutes } from './site.ts';

const folder = mkdtempSync(join(tmpdir(), 'xray-lab-site-'));
const dist = join(folder, 'dist');
const server = createServer(express().use(siteRoutes(dist)));
let site: string;
before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
});

for (const path of ['/', '/labs/01-your-first-trace/', '/console/map/?timeRange=15m']) {
  test(`before the site is built, ${path} says so, asks again, and is kept nowhere`, async () => {
    const answer = await fetch(site + path);
    const page = await answer.text();
    assert.equal(answer.status, 503);
    assert.match(page, /The site is being built/);
    assert.match(page, /<meta http-equiv="refresh" content="2">/);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.equal(answer.headers.get('retry-after'), '2');
  });
}

test('once it is built, the same process serves it', async () => {
  mkdirSync(join(dist, 'labs'), { recursive: true });
  writeFileSync(join(dist, 'index.html'), 'home');
  writeFileSync(join(dist, 'labs', 'index.html'), 'labs');
  assert.equal(await (await fetch(`${site}/`)).text(), 'home');
  assert.equal(await (await fetch(`${site}/labs/`)).text(), 'labs');
  assert.equal((await fetch(`${site}/labs/nowhere/`)).status, 404);
});
