import type { Telemetry, TelemetryRecord } from '../../server/contract.ts';
import { UsageError, wholeNumber } from '../arguments.ts';
import { columns, type Style } from '../output.ts';
import type { Verb } from '../verb.ts';

const USUAL_MINUTES = 60;
/** A day: the longest the X-Ray API shows at once. */
const MOST_MINUTES = 1440;

export const telemetry: Verb = {
  usage: ['[--minutes N]'],
  says: 'What the daemons counted, once a minute: received, sent, spilled, rejected, errors',
  flags: { minutes: { type: 'string' } },
  async run({ api, style }, { words, flags }) {
    if (words.length > 0) throw new UsageError('telemetry: it takes no words, only --minutes N.');
    const given = flags['minutes'];
    const minutes =
      given === undefined ? USUAL_MINUTES : wholeNumber('minutes', String(given), 1, MOST_MINUTES);
    const end = Math.ceil(Date.now() / 1000);
    const told = await api<Telemetry>('GET', `/lab/telemetry?start=${end - minutes * 60}&end=${end}`);
    return { json: told, text: describe(told, minutes, style) };
  },
};

function describe({ TelemetryRecords, IsTruncated }: Telemetry, minutes: number, style: Style): string {
  if (TelemetryRecords.length === 0) {
    return `No daemon has told anything in ${minutes === 1 ? 'the last minute' : `the last ${minutes} minutes`}. It does so once a minute, from its first segment on, and when it stops.`;
  }
  const head = ['time', 'host', 'received', 'sent', 'spilled', 'rejected', 'connection errors'];
  const lines = [columns([head.map(style.strong), ...TelemetryRecords.map((record) => row(record, style))])];
  if (IsTruncated) lines.push('', 'There are more: the oldest are left out. Ask for fewer minutes.');
  return lines.join('\n');
}

function row(record: TelemetryRecord, style: Style): string[] {
  const errors = Object.entries(record.BackendConnectionErrors ?? {}).filter(([, count]) => count > 0);
  const wrong = (count: number | undefined) => (count ? style.bad(String(count)) : counted(count));
  return [
    timeOf(record.Timestamp),
    record.Hostname || record.EC2InstanceId || 'unknown',
    counted(record.SegmentsReceivedCount),
    counted(record.SegmentsSentCount),
    wrong(record.SegmentsSpilloverCount),
    wrong(record.SegmentsRejectedCount),
    errors.length === 0 ? 'none' : style.bad(errors.map(([kind, count]) => `${kind} ${count}`).join(', ')),
  ];
}

/** A counter that was not sent is not 0. */
const counted = (count: number | undefined) => (count === undefined ? '–' : String(count));

/** `2026-11-23 02:04:11`, by the clock on the learner's wall. */
const timeOf = (epochSeconds: number) => new Date(epochSeconds * 1000).toLocaleString('sv-SE');
