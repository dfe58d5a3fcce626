import { InsightWatch } from '../../insights/watch.ts';
import { newTraceId } from '../../model/index.ts';
import type { Store } from '../../store/store.ts';
import { newId, now, segment } from '../harness.ts';
import type { Output, World } from './calls.ts';

/** A group with insights, as many as `services`; times in epoch seconds. */
export interface Trouble {
  GroupName: string;
  /** The window in which it happened. */
  StartTime: number;
  EndTime: number;
  /** In each of them faults began. */
  services: readonly string[];
  /** What the failing services called, each once. */
  called: readonly string[];
  insights: readonly Output[];
}

/** Seconds of an interval of the watch, and how many of them went well and badly. */
const [interval, wellFor, badlyFor] = [10, 40, 15];

/** Requests of an interval to each service, and failing ones where they fail. */
const requests = { well: 3, badly: 4 };

/**
 * Lets services work well for some minutes and then fail, all of it in the past, so that one round of the watch sees
 * it all. Nothing here waits.
 */
export async function makeTrouble(
  send: World['send'],
  store: Store,
  { services, callsPerFault = 0 }: { services: number; callsPerFault?: number },
): Promise<Trouble> {
  const GroupName = `i-${newId()}`;
  const names = Array.from({ length: services }, (_, index) => `${GroupName}-${index}`);
  await send('CreateGroup', {
    GroupName,
    FilterExpression: `annotation.run = "${GroupName}"`,
    InsightsConfiguration: { InsightsEnabled: true },
  });

  const end = Math.floor(now() / interval) * interval - 2 * interval;
  const start = end - (wellFor + badlyFor) * interval;
  const called: string[] = [];
  const documents: string[] = [];
  for (let index = 0; index < wellFor + badlyFor; index++) {
    const isBad = index >= wellFor;
    const count = isBad ? requests.badly : requests.well;
    for (const name of names) {
      for (let request = 0; request < count; request++) {
        const at = start + index * interval + 1 + request;
        const calls = Array.from(
          { length: isBad ? callsPerFault : 0 },
          () => `${name}-${called.length}-${newId()}`,
        );
        called.push(...calls);
        documents.push(JSON.stringify(aRequest({ name, at, isBad, calls, run: GroupName })));
      }
    }
  }
  for (let first = 0; first < documents.length; first += 50) {
    await send('PutTraceSegments', { TraceSegmentDocuments: documents.slice(first, first + 50) });
  }

  await new InsightWatch(store, { now }).round();
  const window = { StartTime: start - interval, EndTime: end + interval };
  const { InsightSummaries: insights } = await send('GetInsightSummaries', { GroupName, ...window });
  return { GroupName, ...window, services: names, called, insights };
}

function aRequest(request: { name: string; at: number; isBad: boolean; calls: string[]; run: string }) {
  const { name, at, isBad, calls, run } = request;
  return segment({
    trace_id: newTraceId(at, Math.random),
    name,
    start_time: at,
    end_time: at + 0.5,
    annotations: { run },
    http: { request: { method: 'GET', url: `http://${name}/` }, response: { status: isBad ? 500 : 200 } },
    fault: isBad,
    subsegments: calls.map((call) => ({
      id: newId(),
      name: call,
      namespace: 'remote',
      start_time: at,
      end_time: at + 0.25,
    })),
  });
}
