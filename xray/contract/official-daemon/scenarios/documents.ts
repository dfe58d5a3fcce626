import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { accepts, header, withoutClock, type Scenario } from '../scenario.ts';

const sequences: { name: string; datagrams: (string | Buffer)[]; documents: number }[] = [
  {
    name: 'documents of every kind: JSON, not JSON, several lines, all signs, no UTF-8',
    datagrams: [
      `${header}\n{"trace_id":"1-6922a3f2-58406520a006649127e371903","id":"70de5b6f19ff9a0a","name":"shop"}`,
      `${header}\nhello`,
      `${header}\n{\n}\n`,
      `${header}\n<&> "\\/' é 😀 \u2028 \u0001\u007f\t\b\f\0`,
      Buffer.concat([
        Buffer.from(`${header}\n`),
        Buffer.from([0x61, 0xff, 0xfe, 0xe2, 0x80, 0x62, 0xed, 0xa0, 0x80, 0xc3]),
      ]),
    ],
    documents: 5,
  },
  {
    name: 'headers in every spelling that is allowed',
    datagrams: [
      `{"format":"json","version":1}\n1`,
      `{"version":1,"format":"JSON"}\n2`,
      `{"FORMAT":"JsOn","VERSION":1} \n3`,
      `{"format":"json","version":1,"more":{"version":2}}\n4`,
    ],
    documents: 4,
  },
  {
    name: 'bad headers, no line feed, nothing behind it, nothing at all',
    datagrams: [
      'hello',
      '',
      `${header}\n`,
      '\n\n',
      'null\n{}',
      '[]\n{}',
      `{"format":"xml","version":1}\n{}`,
      `{"format":"json","version":2}\n{}`,
      `{"format":"json","version":"1"}\n{}`,
      `{"format":"json","version":1.0}\n{}`,
      `{"format":"json"}\n{}`,
      `${header}x\n{}`,
      `${header}\nthe only good one`,
    ],
    documents: 1,
  },
  {
    name: 'the largest datagram that IPv4 carries',
    datagrams: [`${header}\n${'z'.repeat(65_507 - header.length - 1)}`],
    documents: 1,
  },
  {
    name: 'more than fit into one batch',
    datagrams: Array.from({ length: 230 }, (_, index) => `${header}\n{"id":"${index}"}`),
    documents: 230,
  },
];

/** Documents are told whole up to so many characters together; of more, their number and their digest. */
const TOLD_WHOLE = 1000;

function told(documents: readonly string[]) {
  const text = JSON.stringify(documents);
  if (text.length <= TOLD_WHOLE) return documents;
  return { number: documents.length, sha256: createHash('sha256').update(text).digest('hex') };
}

/** Datagrams of all kinds: which documents reach X-Ray, and which warnings the log. */
export const documents: readonly Scenario[] = sequences.map(({ name, datagrams, documents }) => ({
  name: `uploads ${name}`,
  async observe(stage) {
    const xray = await stage.recordingXRay((response) => response.end(accepts));
    const daemon = await stage.startDaemon(xray.endpoint);
    for (const datagram of datagrams) await daemon.send(datagram);
    const code = await daemon.stop();
    const batches = xray.requests
      .filter(({ path }) => path === '/TraceSegments')
      .map(({ body }) => JSON.parse(body).TraceSegmentDocuments as string[]);
    assert.equal(batches.flat().length, documents, 'documents that arrived');
    return {
      code,
      // How they are spread over batches is a matter of milliseconds; so is the order of the batches.
      documents: told(batches.flat().sort()),
      noBatchAbove50: batches.every(({ length }) => length <= 50),
      warnings: daemon.lines.filter((line) => line.includes('[Warn]')).map(withoutClock),
    };
  },
}));
