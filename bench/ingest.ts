/**
 * How many segments a second PutTraceSegments keeps. The bench is the sender: signed calls of 50 documents over
 * keep-alive connections, built before the clock starts. A document counts when it was acknowledged, and is read back
 * after the API was killed (`kill -9`) and started again on the same file.
 */
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench, Row } from './bench.ts';
import { interleaved, median, megabytes, percentileOf, ratio, RUNS, thousands, usageOf } from './measure.ts';
import { inTemporaryFolder, startApi, startMoto, type Running } from './programs.ts';
import { shopTraffic, type ShopDocument } from './shop-traces.ts';
import { bodiesOf, Connections, localCredentials, signed } from './signed-requests.ts';

const TARGET_PER_SECOND = 20_000;
/** About 90,000 documents: four seconds at the target. */
const TRACES = 17_000;
const CONNECTIONS = 8;
/** The peer is far slower, and a rate needs no more than this. */
const PEER_SECONDS = 4;

interface Measured {
  perSecond: number;
  cpuSecondsPer100k: number;
  peakBytes: number;
  /** Of the calls, in milliseconds. */
  p99: number;
  longest: number;
  acknowledged: number;
  readBack: number;
  fileBytesPerDocument: number;
}

type Bodies = ReturnType<typeof bodiesOf>;

/** Sends one body after the other on each connection until all are sent, or the time is up. */
async function send(target: Running, bodies: Bodies, seconds = Infinity) {
  const requests = await signed(bodies, target.endpoint, localCredentials);
  const connections = new Connections(target.endpoint, CONNECTIONS);
  const before = usageOf(target.pid);
  const waits: number[] = [];
  let documents = 0;
  let next = 0;
  const began = performance.now();
  const sender = async () => {
    while (next < requests.length && performance.now() - began < seconds * 1000) {
      const index = next++;
      const asked = performance.now();
      const { status, body } = await connections.send(requests[index]!);
      waits.push(performance.now() - asked);
      const isKept = status === 200 && /^\{"UnprocessedTraceSegments": ?\[\]\}$/.test(body.toString());
      if (isKept) documents += bodies[index]!.documents;
      else throw new Error(`PutTraceSegments answered ${status}: ${body.toString().slice(0, 300)}`);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, sender));
  const took = (performance.now() - began) / 1000;
  const after = usageOf(target.pid);
  connections.close();

  return {
    perSecond: documents / took,
    cpuSecondsPer100k: ((after.cpuSeconds - before.cpuSeconds) / documents) * 100_000,
    peakBytes: after.peakBytes,
    p99: percentileOf(waits, 0.99),
    longest: Math.max(...waits),
    acknowledged: documents,
  };
}

/** How many of the documents BatchGetTraces gives back, each looked for by its id in its trace. */
async function readBack({ endpoint }: Running, documents: readonly ShopDocument[]): Promise<number> {
  const wanted = Map.groupBy(documents, ({ trace_id: id }) => id);
  const ids = [...wanted.keys()];
  let found = 0;
  for (let first = 0; first < ids.length; first += 1000) {
    let NextToken: string | undefined;
    do {
      const response = await fetch(`${endpoint}/Traces`, {
        method: 'POST',
        body: JSON.stringify({ TraceIds: ids.slice(first, first + 1000), NextToken }),
      });
      const page = (await response.json()) as {
        Traces: { Id: string; Segments: { Id: string }[] }[];
        NextToken?: string;
      };
      for (const { Id, Segments } of page.Traces) {
        const there = new Set(Segments.map((segment) => segment.Id));
        found += wanted.get(Id)!.filter(({ id }) => there.has(id)).length;
      }
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
  }
  return found;
}

/** One run of ours: send, kill -9, start again, read back. */
const ours = (documents: readonly ShopDocument[], bodies: Bodies, isVerifying: boolean) =>
  inTemporaryFolder(async (folder): Promise<Measured> => {
    const path = join(folder, 'xray.sqlite');
    const api = await startApi(path, isVerifying ? verification(folder) : {});
    const sent = await send(api, bodies).finally(api.kill);
    const fileBytes = statSync(path).size + statSync(`${path}-wal`).size;
    const again = await startApi(path, { XRAY_PROFILE: 'lenient' });
    const found = await readBack(again, documents).finally(again.kill);
    return { ...sent, readBack: found, fileBytesPerDocument: fileBytes / documents.length };
  });

/** The settings with which the API checks each signature and each call against a policy. */
function verification(folder: string): NodeJS.ProcessEnv {
  const file = join(folder, 'identities.json');
  const sender = { ...localCredentials, user: 'bench', managedPolicies: ['AWSXRayDaemonWriteAccess'] };
  writeFileSync(file, JSON.stringify({ identities: [sender] }));
  return { XRAY_AUTH: 'on', XRAY_IDENTITIES: file };
}

async function peer(bodies: Bodies) {
  const moto = await startMoto();
  return send(moto, bodies, PEER_SECONDS).finally(moto.kill);
}

export async function benchIngest(): Promise<Bench> {
  const end = Date.now() / 1000;
  const documents = shopTraffic({ count: TRACES, start: end - 60, end, seed: 1 });
  const bodies = bodiesOf(documents);

  const verified: Measured[] = [];
  const runs = await interleaved(
    RUNS,
    async () => {
      verified.push(await ours(documents, bodies, true));
      return ours(documents, bodies, false);
    },
    () => peer(bodies),
  );

  type Shared = 'perSecond' | 'cpuSecondsPer100k' | 'peakBytes' | 'p99' | 'longest';
  const us = (what: keyof Measured) => median(runs.ours.map((run) => run[what]));
  const them = (what: Shared) => median(runs.peer.map((run) => run[what]));
  const compared = (what: string, member: Shared, text: (value: number) => string): Row => ({
    what,
    ours: text(us(member)),
    peer: text(them(member)),
    ratio: ratio(us(member), them(member)),
    budget: '–',
    kept: true,
  });

  const all = [...runs.ours, ...verified];
  const lost = all.reduce((sum, run) => sum + run.acknowledged - run.readBack, 0);
  const acknowledged = all.reduce((sum, run) => sum + run.acknowledged, 0);
  return {
    name: `ingest (medians of ${RUNS} interleaved runs)`,
    peer: "moto's server, from PyPI: the same signed calls; it keeps documents in memory only, and verifies nothing",
    rows: [
      {
        ...compared('segments/s, signed, kept on disk', 'perSecond', thousands),
        budget: `≥ ${thousands(TARGET_PER_SECOND)}`,
        kept: us('perSecond') >= TARGET_PER_SECOND,
      },
      {
        what: 'segments/s, signed and verified (XRAY_AUTH=on), kept on disk',
        ours: thousands(median(verified.map((run) => run.perSecond))),
        peer: '–',
        ratio: '–',
        budget: '–',
        kept: true,
      },
      {
        what: 'acknowledged documents lost after kill -9 and restart',
        ours: `${thousands(lost)} of ${thousands(acknowledged)}`,
        peer: 'all (memory only)',
        ratio: '–',
        budget: '0',
        kept: lost === 0,
      },
      compared('CPU seconds per 100,000 segments', 'cpuSecondsPer100k', (value) => value.toFixed(2)),
      compared('peak resident memory', 'peakBytes', megabytes),
      compared(
        `a call of 50 waits, p99, ${CONNECTIONS} connections`,
        'p99',
        (value) => `${value.toFixed(0)} ms`,
      ),
      compared('the longest wait of a call', 'longest', (value) => `${value.toFixed(0)} ms`),
      {
        what: 'bytes on disk per document',
        ours: thousands(us('fileBytesPerDocument')),
        peer: '–',
        ratio: '–',
        budget: '–',
        kept: true,
      },
    ],
    raw: { ...runs, verified },
    notes: [
      `${thousands(documents.length)} documents of ${thousands(bodies.reduce((sum, { body }) => sum + body.length, 0) / documents.length)} bytes each in ${thousands(bodies.length)} calls, ${CONNECTIONS} keep-alive connections; the sender is a process of its own on the same machine.`,
    ],
  };
}
