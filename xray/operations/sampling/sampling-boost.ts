import type { SamplingRule } from '../../store/store.ts';
import type { OperationContext } from '../operation.ts';

/**
 * Adaptive sampling: a rule with `SamplingRateBoost` samples more for a moment when anomalies slip through its rate.
 * AWS's guide tells the outlines (the smallest boost that catches failures, up to a minute, none where the rate
 * catches enough, one per cooldown window); the numbers behind them are not published, and these are ours.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-adaptive-sampling.html
 */
export const boostPolicy = {
  /** How many anomalies of one report are enough to have sampled. */
  wantedAnomalies: 1,
  /** How long a boost lasts, seconds. "Up to 1 minute", says the guide. */
  boostSeconds: 60,
} as const;

/** What a client says of the anomalies under one rule since its last report. */
export interface AnomalyCounts {
  AnomalyCount: number;
  SampledAnomalyCount: number;
}

/** The lowest rate that should have caught the wanted anomalies; undefined when enough were caught. */
export function neededRate({ AnomalyCount, SampledAnomalyCount }: AnomalyCounts): number | undefined {
  const wanted = Math.min(boostPolicy.wantedAnomalies, AnomalyCount);
  return SampledAnomalyCount >= wanted ? undefined : wanted / AnomalyCount;
}

/** Starts a boost of the rule if the counts call for one and its cooldown window allows it. */
export function boostIfNeeded(context: OperationContext, rule: SamplingRule, counts: AnomalyCounts): void {
  const { SamplingRateBoost: setting, RuleName, FixedRate } = rule;
  const needed = neededRate(counts);
  if (setting === undefined || needed === undefined) return;
  const rate = Math.min(needed, setting.MaxRate);
  if (rate <= FixedRate) return;

  const { samplingReports } = context.store;
  const last = samplingReports.boost(RuleName);
  const pause = Math.max(boostPolicy.boostSeconds, setting.CooldownWindowMinutes * 60);
  const elapsed = last ? context.now() - last.startedAt : Infinity;
  // Negative where the clock was set back: that must not silence boosts for as long.
  if (elapsed < 0 || elapsed >= pause) samplingReports.setBoost(RuleName, { startedAt: context.now(), rate });
}

/** The member `SamplingBoost` of a sampling target, while a boost of its rule lasts. */
export function currentBoost(
  context: OperationContext,
  { RuleName, FixedRate, SamplingRateBoost }: SamplingRule,
) {
  const boost = SamplingRateBoost && context.store.samplingReports.boost(RuleName);
  if (!boost) return {};
  const elapsed = context.now() - boost.startedAt;
  const BoostRate = Math.min(boost.rate, SamplingRateBoost.MaxRate);
  if (elapsed < 0 || elapsed >= boostPolicy.boostSeconds || BoostRate <= FixedRate) return {};
  return { SamplingBoost: { BoostRate, BoostRateTTL: boost.startedAt + boostPolicy.boostSeconds } };
}
