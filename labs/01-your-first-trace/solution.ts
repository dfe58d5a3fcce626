import { durationOf, everySubsegment } from '@xray-lab/xray/model';
import { annotationOf, segmentNamed, sentSegments, type Learner } from '../kit/index.ts';

/** Buys once, waits for the whole trace, and reads every answer from it. */
export async function solution(learner: Learner): Promise<void> {
  const [sent] = await learner.send();
  await learner.checkUntilPassed('send-checkout', 15);

  const traceId = sent?.traceId ?? '';
  const trace = await learner.until('the trace of the checkout, with its order', 15, async () => {
    const [found] = await learner.xray.traces([traceId]);
    // The notification is sent after the answer, so order's segment and its own arrive last.
    return found && segmentNamed(found, 'order') && segmentNamed(found, 'notification') ? found : undefined;
  });

  await learner.answer('find-trace-id', traceId);
  await learner.answer('count-services', new Set(sentSegments(trace).map((segment) => segment.name)).size);

  const order = segmentNamed(trace, 'order');
  const calls = order ? everySubsegment(order).filter((call) => call.namespace !== undefined) : [];
  const slowest = calls.sort((a, b) => durationOf(b) - durationOf(a))[0];
  await learner.answer('slowest-call', slowest?.id);

  await learner.send();
  await learner.until('another order, to tell this one from', 20, async () => {
    const result = await learner.answer(
      'filter-by-annotation',
      `annotation.orderId = "${annotationOf(trace, 'orderId')}"`,
    );
    return result.verdict === 'cannot-tell' ? undefined : result;
  });
}
