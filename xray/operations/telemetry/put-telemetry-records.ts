import { z } from 'zod';
import { operation } from '../operation.ts';
import { integer, timestamp } from '../shapes.ts';

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
    TelemetryRecords: z.array(telemetryRecord),
    // The daemon sends empty texts for what it does not know.
    EC2InstanceId: z.string().max(20).default(''),
    Hostname: z.string().max(255).default(''),
    ResourceARN: z.string().max(500).default(''),
  }),

  run({ store, now }, { TelemetryRecords, ...sender }) {
    const receivedAt = now();
    store.telemetry.add(TelemetryRecords.map((record) => ({ receivedAt, ...sender, record })));
    return {};
  },
});
