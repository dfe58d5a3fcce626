import type { Log } from '../log.ts';
import type { SamplingRule, XRay } from './client.ts';

/** So that no checkout of a learner is missed. A lab may ask the learner to remove it. */
export const everything: SamplingRule = {
  RuleName: 'lab-everything',
  Version: 1,
  Priority: 100,
  FixedRate: 1,
  ReservoirSize: 1000,
  ServiceName: '*',
  ServiceType: '*',
  Host: '*',
  HTTPMethod: '*',
  URLPath: '*',
  ResourceARN: '*',
};

/**
 * Creates the rule once, retrying until the X-Ray API answers. Never again afterwards: a learner who deletes it
 * means it.
 *
 * @param again Waits before the next try; rejects when the lab is closing.
 */
export async function createSamplingRule(
  xray: Pick<XRay, 'createSamplingRule'>,
  again: () => Promise<void>,
  log: Log,
): Promise<void> {
  for (;;) {
    try {
      await xray.createSamplingRule(everything);
      return;
    } catch (error) {
      // A rule that exists already is an invalid request to X-Ray; whatever it says means that it answers.
      const { message = '', $metadata } = error as {
        message?: string;
        $metadata?: { httpStatusCode?: number };
      };
      if (($metadata?.httpStatusCode ?? 500) < 500) {
        if (!message.includes('already exists'))
          log.warn({ err: error }, 'X-Ray refused the sampling rule lab-everything');
        return;
      }
    }
    await again();
  }
}
