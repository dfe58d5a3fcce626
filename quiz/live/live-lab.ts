import type { XRayReader } from '@xray-lab/xray/model';

/**
 * What a live item needs of the running lab. The control plane implements it; the quiz knows no socket, no process
 * and no fault engine.
 */
export interface LiveLab {
  /** Resolves when the fault acts on the wire. Its name stays hidden from pages until the item is answered. */
  startFault(id: string, parameters: Record<string, unknown>): Promise<void>;
  /** Switches off what `startFault` switched on. */
  stopFaults(): Promise<void>;
  setTraffic(profile: string): Promise<void>;
  /** From now on every request of the shoppers carries the annotation `run` = nonce. */
  beginWindow(nonce: string): Promise<void>;
  endWindow(): Promise<void>;
  reader: XRayReader;
}
