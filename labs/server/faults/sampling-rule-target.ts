import type { Primitive } from '@xray-lab/sample-app/faults';
import type { XRay } from '../xray/client.ts';
import type { FaultTarget } from './target.ts';

type Rule = Extract<Primitive, { kind: 'sampling-rule' }>['rule'];

/**
 * Creates the sampling rules that are wanted, through X-Ray's own API, and deletes them again. The SDKs hear of it
 * within ten seconds, when they report next. A rule that a learner deletes stays deleted: that is the cure.
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
