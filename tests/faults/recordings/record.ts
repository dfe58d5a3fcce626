/**
 * `node tests/faults/recordings/record.ts [NAME …]`: starts a lab, switches on each fault, whole and without each of the
 * primitives of left-out.ts, and keeps some of the traces that the shop leaves meanwhile. With names, only those are
 * recorded anew. By hand, when a fault or what the shop records has changed; some fifteen minutes for all.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { xrayReader, type XRayReader } from '@xray-lab/xray/model';
import { BatchGetTracesCommand, GetTraceSummariesCommand, XRayClient } from '@aws-sdk/client-xray';
import type { Faults } from '../../../labs/server/contract.ts';
import { faults } from '../../../sample-app/faults/index.ts';
import { startExtraClient } from '../../../sample-app/traffic/index.ts';
import { root } from '../../imports.ts';
import { eventually, startStack, type Stack } from '../../stack.ts';
import { alsoSent, parameters } from '../circumstances.ts';
import { leftOut, nameOf } from './left-out.ts';
import { readRecordings, withoutPaths, writeRecordings, type RecordedTrace } from './recordings.ts';
import { selected } from './select.ts';

/** What was on its way when a fault came into force is over. */
const SETTLING_SECONDS = 3;
/** How long a fault stays on once it is in force. */
const ON_SECONDS = 12;
/** After that, what was begun meanwhile has been reported. */
const REPORTED_SECONDS = 12;

interface Recorded {
  name: string;
  /** In a request to the lab. */
  id: string | undefined;
}

const everything: Recorded[] = [
  { name: 'healthy', id: undefined },
  ...faults.map(({ id }) => ({ name: id, id })),
  ...leftOut.map(([id, left]) => ({ name: nameOf(id, left), id: `${id}--${left}` })),
];

const now = () => Date.now() / 1000;

async function startLab(): Promise<Stack> {
  process.env.NODE_OPTIONS = `--import ${join(root, 'tests/faults/recordings/leave-out.mjs')}`;
  try {
    return await startStack('faults');
  } finally {
    delete process.env.NODE_OPTIONS;
  }
}

function readerOf({ xray }: Stack): XRayReader {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new XRayClient({ endpoint: xray, region: 'us-east-1', credentials });
  return xrayReader((operation, input) =>
    operation === 'BatchGetTraces'
      ? client.send(new BatchGetTracesCommand(input as { TraceIds: string[] }))
      : client.send(new GetTraceSummariesCommand(input as { StartTime: Date; EndTime: Date })),
  );
}

async function recordedBetween(reader: XRayReader, start: number, end: number): Promise<RecordedTrace[]> {
  const summaries = await reader.summaries({ start, end });
  const found = summaries.filter(({ StartTime }) => StartTime >= start && StartTime <= end);
  const traces = await reader.traces(found.map(({ Id }) => Id));
  return traces.map(({ id, segments }) => ({
    id,
    segments: segments.filter(({ inferred }) => !inferred).map((segment) => withoutPaths(segment as never)),
  }));
}

async function record({ lab, gateway }: Stack, reader: XRayReader, { name, id }: Recorded) {
  const [fault = ''] = name.split(' without ');
  const client = alsoSent[fault];
  const leave = client && startExtraClient(gateway, client, () => undefined);
  const asked = now();
  if (id !== undefined) {
    const answer = await fetch(`${lab}/lab/faults/${id}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ parameters: parameters[fault] ?? {} }),
    });
    if (!answer.ok) throw new Error(await answer.text());
    await eventually(
      `${name} is in force`,
      async () => {
        const { active } = (await (await fetch(`${lab}/lab/faults`)).json()) as Faults;
        return active.length === 1 && active[0]!.applied;
      },
      30,
    );
  }
  // The one trace of a client that always sends the same header begins with its first request.
  const from = fault === 'poisoned-trace-header' ? asked : now() + SETTLING_SECONDS;
  await sleep(ON_SECONDS * 1000);
  const to = now();
  const vanishes = faults.some(({ id, signature }) => id === fault && signature.shows === 'vanishes');
  // What a daemon has held back arrives when it is let go.
  const early = vanishes ? await recordedBetween(reader, from, to) : undefined;
  await fetch(`${lab}/lab/faults`, { method: 'DELETE' });
  leave?.();
  await eventually(
    'the shop is whole again',
    async () => {
      const filter = 'service("gateway") AND ok AND http.url ENDSWITH "/checkout"';
      return (await reader.summaries({ start: now() - 3, end: now(), filter })).length > 0;
    },
    60,
  );
  return { name, from, to, early };
}

const names = process.argv.slice(2);
const wanted = names.length > 0 ? everything.filter(({ name }) => names.includes(name)) : everything;
const lab = await startLab();
try {
  const reader = readerOf(lab);
  await lab.cli('traffic', 'busy');
  await sleep(5000);
  const windows: Awaited<ReturnType<typeof record>>[] = [];
  for (const one of wanted) {
    windows.push(await record(lab, reader, one));
    process.stdout.write(`${one.name}\n`);
  }
  await sleep(REPORTED_SECONDS * 1000);
  const recordings = names.length > 0 ? readRecordings() : {};
  for (const { name, from, to, early } of windows)
    recordings[name] = selected(name, early ?? (await recordedBetween(reader, from, to)));
  writeRecordings(recordings);
} finally {
  await lab.stop();
}
