import assert from 'node:assert/strict';
import { eventually } from '../../harness.ts';
import { accepts, header, scopeOf, withoutTimes, type Scenario } from '../scenario.ts';
import { inRegion, type Recorded } from '../stage.ts';

/** The operating system's name is the machine's own; that it is told is the fact. */
const agentOf = ({ headers }: Recorded) =>
  /xray-agent\/xray-daemon\/\S+ exec-env\/\S+ OS\/\S+$/
    .exec(headers['user-agent'] ?? '')?.[0]
    .replace(/OS\/\S+$/, 'OS/NAME');

/** An upload and a telemetry record, member by member, but for the agent's SDK. */
export const requests: readonly Scenario[] = [
  {
    name: 'shapes an upload and a telemetry record',
    async observe(stage) {
      const xray = await stage.recordingXRay((response) => response.end(accepts));
      const daemon = await stage.startDaemon(xray.endpoint, [...inRegion, '-a', 'arn:aws:ec2:instance']);
      await daemon.send(`${header}\n{"id":"1"}`);
      await daemon.send('bad');
      // At its end AWS's daemon reports while it still sends; ours counts the last batch first.
      await eventually(
        'the upload',
        () => daemon.lines.some((line) => line.includes('sent batch')) || undefined,
      );
      await daemon.stop();
      const seen = xray.requests.filter(({ path }) => path !== '/started');
      assert.deepEqual(
        seen.map(({ path }) => path),
        ['/TraceSegments', '/TelemetryRecords'],
      );
      return seen.map((request) => {
        const { method, path, headers, body } = request;
        return {
          method,
          path,
          type: headers['content-type'],
          agent: agentOf(request),
          hasTimestamp: /^\d{10}\.\d{9}$/.test(String(headers['x-amzn-xray-timestamp'])),
          attempt: headers['amz-sdk-request'],
          hasInvocationId: /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(
            String(headers['amz-sdk-invocation-id']),
          ),
          scope: scopeOf(request),
          signed: /SignedHeaders=([^,]*)/.exec(headers.authorization ?? '')?.[1],
          body: withoutTimes(JSON.parse(body)),
        };
      });
    },
  },
];
