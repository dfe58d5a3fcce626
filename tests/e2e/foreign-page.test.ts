/** A page of somebody else, open in the same browser, against every port of a running lab. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { BatchGetTracesCommand, GetSamplingRulesCommand, XRayClient } from '@aws-sdk/client-xray';
import type { LabProcess } from '@xray-lab/labs/server/contract';
import type { Browser, Page } from 'playwright';
import { portOffsets } from '../../scripts/supervisor/port-offsets.ts';
import { processTable, SUPERVISOR_PORT } from '../../scripts/supervisor/table.ts';
import { launchChromium, missingChromium } from '../chromium.ts';
import { startStack, type Stack } from '../stack.ts';

const ELSEWHERE = 'evil.example';
const REBOUND = 'rebound.example';

/** Every port on which the lab speaks HTTP; the database of the on-premises host speaks PostgreSQL. */
const ports = [
  ...processTable.filter(({ name }) => name !== 'legacy-database'),
  { name: 'supervisor', port: SUPERVISOR_PORT },
].map(({ name, port }) => ({ name, port: port + portOffsets.e2e }));

const portOf = (name: string) => ports.find((one) => one.name === name)!.port;

const hex = (length: number) =>
  Array.from({ length }, () => Math.floor(Math.random() * 16).toString(16)).join('');

describe('a foreign page', { skip: missingChromium, timeout: 5 * 60_000 }, () => {
  let stack: Stack;
  let browser: Browser;
  let attacker: Server;
  let xray: XRayClient;

  before(async () => {
    stack = await startStack('e2e');
    // All of them, also those that run on demand only.
    await Promise.all(['inventory-2', 'legacy-pricing'].map((name) => stack.cli('start', name)));
    browser = await launchChromium([ELSEWHERE, REBOUND]);
    attacker = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end('<h1>Win a prize</h1>');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => attacker.once('listening', resolve));
    xray = new XRayClient({
      region: 'us-east-1',
      endpoint: stack.xray,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
  });
  after(async () => {
    attacker?.close();
    await browser?.close();
    await stack?.stop();
  });

  async function foreignPage(): Promise<Page> {
    const page = await browser.newPage();
    await page.goto(`http://${ELSEWHERE}:${(attacker.address() as AddressInfo).port}/`);
    return page;
  }

  /** What the page can send without being asked: its answer it can't read, but we see the status. */
  async function post(page: Page, port: number, path: string, body: string): Promise<number> {
    const answered = page.waitForResponse((response) => new URL(response.url()).port === String(port));
    await page.evaluate(
      ({ url, body }) => fetch(url, { method: 'POST', mode: 'no-cors', body }).then(() => undefined),
      { url: `http://127.0.0.1:${port}${path}`, body },
    );
    return (await answered).status();
  }

  for (const { name, port } of ports) {
    test(`can send nothing to ${name}`, async () => {
      const page = await foreignPage();
      assert.equal(await post(page, port, '/', '{}'), 403);
      await page.close();
    });

    test(`under a rebound name can read nothing of ${name}`, async () => {
      const page = await browser.newPage();
      const [answer] = await Promise.all([
        page.waitForResponse((response) => new URL(response.url()).hostname === REBOUND),
        page.goto(`http://${REBOUND}:${port}/health`),
      ]);
      assert.ok(
        name === 'lab' ? [200, 403].includes(answer.status()) : answer.status() === 403,
        `${answer.status()}`,
      );
      const read = await page.evaluate(
        (paths) => Promise.all(paths.map((path) => fetch(path).then((one) => one.status))),
        ['/_plan', '/processes', '/lab/faults', '/GetSamplingRules'],
      );
      assert.deepEqual([...new Set(read)], [403]);
      await page.close();
    });
  }

  for (const way of ['xray-api', 'xray-daemon'] as const) {
    test(`plants no segment and no sampling rule by way of ${way}`, async () => {
      const traceId = `1-${Math.floor(Date.now() / 1000).toString(16)}-${hex(24)}`;
      const now = Date.now() / 1000;
      const document = {
        trace_id: traceId,
        id: hex(16),
        name: 'planted',
        start_time: now - 1,
        end_time: now,
      };
      const rule = {
        RuleName: `planted-by-${way}`,
        Priority: 1,
        FixedRate: 0,
        ReservoirSize: 0,
        ServiceName: '*',
        ServiceType: '*',
        Host: '*',
        HTTPMethod: '*',
        URLPath: '*',
        ResourceARN: '*',
        Version: 1,
      };
      const page = await foreignPage();
      const segments = JSON.stringify({ TraceSegmentDocuments: [JSON.stringify(document)] });
      assert.equal(await post(page, portOf(way), '/TraceSegments', segments), 403);
      assert.equal(
        await post(page, portOf(way), '/CreateSamplingRule', JSON.stringify({ SamplingRule: rule })),
        403,
      );
      await page.close();

      const { Traces } = await xray.send(new BatchGetTracesCommand({ TraceIds: [traceId] }));
      assert.deepEqual(Traces, []);
      const { SamplingRuleRecords } = await xray.send(new GetSamplingRulesCommand({}));
      const names = SamplingRuleRecords!.map(({ SamplingRule }) => SamplingRule?.RuleName);
      assert.ok(names.includes('Default') && !names.includes(rule.RuleName), String(names));
    });
  }

  test('stops no process', async () => {
    const page = await foreignPage();
    assert.equal(await post(page, portOf('supervisor'), '/processes/payment/stop', ''), 403);
    assert.equal(await post(page, portOf('lab'), '/lab/processes/payment/stop', ''), 403);
    await page.close();
    const processes = JSON.parse((await stack.cli('status', '--json')).stdout) as { processes: LabProcess[] };
    assert.equal(processes.processes.find(({ name }) => name === 'payment')?.state, 'running');
  });
});
