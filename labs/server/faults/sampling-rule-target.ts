import type { Primitive } from '@xray-lab/sample-app/faults';
import type { XRay } from '../xray/client.ts';
import type { FaultTarget } from './target.ts';

type Rule = Extract<Primitive, { kind: 'sampling-rule' }>['rule'];

/**
 * Creates the sampling rules that are wanted, through X-Ray's own API, and deletes them again. A rule that a learner
 * deletes stays deleted: that is the cure. The Node SDK asks for rules when its process starts and every five minutes
 * after that: that rules have changed is in every GetSamplingTargets answer, as LastRuleModification in epoch seconds,
 * which aws-xray-sdk-core 3.12.0 takes for milliseconds. So a fault that needs its rule sooner also restarts the service
 * that decides.
 */
export function createSamplingRuleTarget(
  xray: Pick<XRay, 'createSamplingRule' | 'deleteSamplingRule' | 'samplingRuleNames'>,
): FaultTarget {
  let wanted: readonly Rule[] = [];
  const created = new Map<string, string>();
  let reason: string | undefined;
  let running: Promise<void> = Promise.resolve();

  async function compare(): Promise<void> {
    for (const [name, text] of created) {
      if (wanted.some((rule) => rule.RuleName === name && JSON.stringify(rule) === text)) continue;
      if ((await xray.samplingRuleNames()).includes(name)) await xray.deleteSamplingRule(name);
      created.delete(name);
    }
    for (const rule of wanted) {
      if (created.has(rule.RuleName)) continue;
      await xray.createSamplingRule({ ...rule, Version: 1, ResourceARN: '*', ServiceType: '*', Host: '*' });
      created.set(rule.RuleName, JSON.stringify(rule));
    }
    reason = created.size > 0 ? await cured() : undefined;
  }

  async function cured(): Promise<string | undefined> {
    const present = await xray.samplingRuleNames();
    const gone = [...created.keys()].find((name) => !present.includes(name));
    return gone && `The sampling rule ${gone} was deleted by hand.`;
  }

  return {
    handles: (primitive) => primitive.kind === 'sampling-rule',
    want(primitives) {
      wanted = primitives.flatMap((primitive) =>
        primitive.kind === 'sampling-rule' ? [primitive.rule] : [],
      );
    },
    leftBehind(primitives) {
      for (const primitive of primitives)
        if (primitive.kind === 'sampling-rule')
          created.set(primitive.rule.RuleName, JSON.stringify(primitive.rule));
    },
    reconcile() {
      if (wanted.length === 0 && created.size === 0) return Promise.resolve();
      running = running.then(() =>
        compare().catch((error: unknown) => {
          reason = `X-Ray did not take the sampling rule: ${error instanceof Error ? error.message : String(error)}`;
        }),
      );
      return running;
    },
    reason: () =>
      reason ??
      (wanted.every((rule) => created.has(rule.RuleName)) ? undefined : 'X-Ray has not got its rule yet.'),
  };
}
