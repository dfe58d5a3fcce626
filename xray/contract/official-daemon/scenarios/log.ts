import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { eventually } from '../../harness.ts';
import { accepts, header, normalizedLog, type Scenario } from '../scenario.ts';

/** What X-Ray answers to a document, by what is in it. */
const troubles: Record<string, (response: ServerResponse) => void> = {
  'refuse-me': (response) =>
    void response.end(
      JSON.stringify({
        UnprocessedTraceSegments: [
          { Id: '70de5b6f19ff9a0a', ErrorCode: 'MissingName', Message: 'no name' },
          { Id: 'unknown', ErrorCode: 'X' },
          { ErrorCode: 'ParseError' },
          { Id: 'behind one without id' },
        ],
      }),
    ),
  throttled: (response) =>
    void response
      .writeHead(429, { 'x-amzn-errortype': 'ThrottledException', 'x-amzn-requestid': 'r-1' })
      .end('{"Message":"Rate exceeded"}'),
  denied: (response) =>
    void response
      .writeHead(403, { 'x-amzn-errortype': 'AccessDeniedException' })
      .end('{"Message":"User: x is not authorized to perform: xray:PutTraceSegments"}'),
  invalid: (response) =>
    void response.writeHead(400, { 'x-amzn-errortype': 'InvalidRequestException' }).end('{"message":"m"}'),
  'fails-with-page': (response) => void response.writeHead(500).end('oops'),
  'answers-with-page': (response) => void response.end('<html>'),
  'hangs-up': (response) => void response.destroy(),
};

/** The one line that every batch ends in, good or bad. */
const OUTCOME = /\] (Successfully sent|Sent|Sending segment) batch /;

/** The log at info level, line by line, whatever X-Ray answers. */
export const log: readonly Scenario[] = [
  {
    name: 'logs what becomes of a batch, whatever X-Ray answers',
    async observe(stage) {
      const xray = await stage.recordingXRay((response, { body }) => {
        const trouble = Object.keys(troubles).find((name) => body.includes(name));
        if (trouble) troubles[trouble]!(response);
        else response.end(accepts);
      });
      const daemon = await stage.startDaemon(xray.endpoint);
      const outcomes = () => daemon.lines.filter((line) => OUTCOME.test(line)).length;
      // One batch after the other: two documents in one would be answered as one.
      const sendAlone = async (name: string, document: string) => {
        const before = outcomes();
        await daemon.send(`${header}\n${document}`);
        await eventually(`what became of ${name}`, () => outcomes() > before || undefined);
      };
      for (const name of ['well', ...Object.keys(troubles)])
        await sendAlone(name, `{"trace_id":"1-${name}","id":"70de5b6f19ff9a0a"}`);
      xray.close();
      await sendAlone('connection refused', '{}');
      await daemon.stop();
      assert.match(daemon.lines.at(-1)!, /Got shutdown signal: terminated$/);
      return normalizedLog(daemon.lines, { XRAY: xray.address, DAEMON: daemon.address });
    },
  },
];
