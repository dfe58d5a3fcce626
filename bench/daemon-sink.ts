/**
 * The X-Ray API reduced to counting what arrives, in a process of its own: the same for both daemons. It says its port
 * when it listens, and answers every IPC message with the segments counted so far.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { segmentsIn } from './daemon-segments.ts';

const ANSWER = '{"UnprocessedTraceSegments":[]}';

let segments = 0;

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    if (request.url === '/TraceSegments') segments += segmentsIn(Number(request.headers['content-length']));
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': ANSWER.length });
    response.end(ANSWER);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }));
process.on('message', () => process.send!({ segments }));
