import { z } from 'zod';
import { listOf } from '../../json/index.ts';
import { takingTurns } from '../../turns.ts';
import { operation } from '../operation.ts';
import { integer, timestamp } from '../shapes.ts';

/** Kept in one transaction: a few milliseconds. */
const recordsAtOnce = 500;

const count = integer.optional();

const telemetryRecord = z.object({
  Timestamp: timestamp,
  SegmentsReceivedCount: count,
  SegmentsSentCount: count,
  SegmentsSpilloverCount: count,
  SegmentsRejectedCount: count,
  BackendConnectionErrors: z
    .object({
      TimeoutCount: count,
      ConnectionRefusedCount: count,
      HTTPCode4XXCount: count,
      HTTPCode5XXCount: count,
      UnknownHostCount: count,
      OtherCount: count,
    })
    .optional(),
});

export const putTelemetryRecords = operation({
  name: 'PutTelemetryRecords',
  path: '/TelemetryRecords',
  input: z.object({
    TelemetryRecords: listOf(telemetryRecord),
    // The daemon sends empty texts for what it does not know.
    EC2InstanceId: z.string().max(20).default(''),
    Hostname: z.string().max(255).default(''),
    ResourceARN: z.string().max(500).default(''),
  }),

  async run({ store, now }, { TelemetryRecords, ...sender }) {
    const receivedAt = now();
    const records = TelemetryRecords.map((record) => ({ receivedAt, ...sender, record }));
    // A daemon sends one a minute, and AWS's model does not limit them.
    const turns = takingTurns();
    for (let first = 0; first < records.length; first += recordsAtOnce) {
      if (turns.isOver()) await turns.next();
      store.telemetry.add(records.slice(first, first + recordsAtOnce));
    }
    return {};
  },
});
