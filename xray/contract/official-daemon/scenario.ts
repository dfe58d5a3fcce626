/** What a scenario is: a sentence, and what a daemon is seen to do in it, as data that any machine repeats. */
import type { Recorded, Stage } from './stage.ts';

export interface Scenario {
  name: string;
  /**
   * What the daemon on this stage does, as JSON, without what differs between two runs or two machines: times, ports,
   * folders, random ids, the operating system. Rejects when the scenario itself did not come about.
   */
  observe(stage: Stage): Promise<unknown>;
}

/** The first line of a datagram. */
export const header = '{"format": "json", "version": 1}';

/** X-Ray took everything. */
export const accepts = '{"UnprocessedTraceSegments":[]}';

/** Access key, date, region and service that a request is signed for: the date is not the same tomorrow. */
export const scopeOf = ({ headers }: Recorded): string | undefined =>
  /Credential=([^,]*)/.exec(headers.authorization ?? '')?.[1]?.replace(/\/\d{8}\//, '/DATE/');

/** A telemetry record's time is epoch seconds; its value is of no interest. */
export function withoutTimes(body: { TelemetryRecords?: { Timestamp: unknown }[] }): object {
  for (const record of body.TelemetryRecords ?? []) record.Timestamp = typeof record.Timestamp;
  return body;
}

/** A log without times, durations and ports, and without the struct that 3.6 prints as pointers. */
export function normalizedLog(
  lines: readonly string[],
  addresses: Readonly<Record<string, string>>,
): string[] {
  return lines
    .join('\n')
    .replace(/segment: \{[^}]*?(\{\}\}|\n\})/g, 'segment: STRUCT')
    .split('\n')
    .map((line) => {
      let text = withoutClock(line).replace(/\(\d+\.\d{3} seconds\)/, '(S seconds)');
      for (const [name, address] of Object.entries(addresses)) text = text.replaceAll(address, name);
      return text;
    });
}

/** Without the time that each line of a log begins with. */
export const withoutClock = (text: string): string => text.replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ /gm, '');
