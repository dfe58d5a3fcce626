import type { LiveLab } from '@xray-lab/quiz';
import type { FaultEngine } from '../faults/engine.ts';
import type { LabRuns } from '../runs/runs.ts';
import type { TrafficControl } from '../traffic.ts';

export interface LiveLabOptions {
  engine: FaultEngine;
  traffic: TrafficControl;
  runs: Pick<LabRuns, 'resume'>;
  reader: LiveLab['reader'];
  /** Resolves when every service runs the code that is on disk. */
  presentCode(): Promise<unknown>;
}

/**
 * The running lab for a live question. While the question is prepared its fault is the only one; the faults of a
 * lab run in progress come back afterwards.
 */
export function createLiveLab({ engine, traffic, runs, reader, presentCode }: LiveLabOptions): LiveLab & {
  /** The nonce of the open window, which the shoppers carry instead of the lab run's. */
  nonce(): string | undefined;
} {
  let window: string | undefined;
  return {
    nonce: () => window,
    async startFault(id, parameters) {
      await engine.offAll();
      // A save of a moment ago would restart its service in the middle of the window, and old code answer for a part of it.
      await presentCode();
      await engine.on(id, { parameters, hidden: true });
    },
    async stopFaults() {
      await engine.offHidden();
      await runs.resume();
    },
    async setTraffic(profile) {
      traffic.setProfile(profile);
    },
    async beginWindow(nonce) {
      window = nonce;
    },
    async endWindow() {
      window = undefined;
    },
    reader,
  };
}
