import {
  durationOf,
  everySubsegment,
  serviceGraph,
  type Segment,
  type Subsegment,
  type Trace,
} from '@xray-lab/xray/model';
import {
  annotationOf,
  cannotTell,
  counted,
  fail,
  numberIn,
  ownCheckouts,
  pass,
  segmentIdIn,
  segmentNamed,
  sentSegments,
  textIn,
  traceIdIn,
  windowOfRun,
  type Check,
  type CheckContext,
  type Finding,
} from '../kit/index.ts';

/** They work before the customer has an answer. A checkout that got less far is a failed one, however well it is joined. */
const ON_THE_WAY = ['gateway', 'auth', 'order', 'inventory', 'payment'];

/** The learner's checkouts, whole, newest first. Ten are more than anybody sends in this lab. */
async function ownTraces(context: CheckContext): Promise<Trace[]> {
  const summaries = await ownCheckouts(context);
  return context.xray.traces(summaries.slice(0, 10).map((summary) => summary.Id));
}

const noCheckoutYet = (lookedFor: string): Finding =>
  fail('There is no checkout of yours in this run yet.', {
    lookedFor,
    found: 'no trace whose annotation customerId is "you"; shoppers have other ids',
  });

/** One checkout of the learner's, whose segments hang together from the gateway down. */
export const checkoutIsJoined: Check = async (context) => {
  const lookedFor =
    'a checkout of yours that went through the whole shop, its segments joined into one trace';
  const traces = await ownTraces(context);
  if (traces.length === 0) return noCheckoutYet(lookedFor);

  const judged = traces.map((trace) => ({ trace, broken: whyNotJoined(trace) }));
  const whole = judged.find(({ broken }) => broken === undefined);
  if (whole) {
    // How many there are and whose is asked for later.
    return pass('The segments of your checkout are joined into one trace.', {
      lookedFor,
      found: 'a trace that begins at gateway, and in which each other segment names the call it answers',
      traceIds: [whole.trace.id],
    });
  }
  return fail(judged[0]?.broken ?? '', {
    lookedFor,
    found: `${traces.length} of your checkouts, none of them joined`,
    traceIds: traces.map((trace) => trace.id),
  });
};

/** Every service that a checkout needs did its part. */
const isWhole = (trace: Trace): boolean => ON_THE_WAY.every((name) => segmentNamed(trace, name));

const noWholeCheckout = (lookedFor: string, own: readonly Trace[]): Finding =>
  cannotTell('No checkout of yours went through the whole shop, so there is nothing to count.', {
    lookedFor,
    found: `${own.length} checkouts that ended on their way`,
    traceIds: own.map((trace) => trace.id),
    remedy: 'npm run lab -- send',
  });

/** The first reason why the segments are not one tree under the gateway; undefined when they are. */
function whyNotJoined(trace: Trace): string | undefined {
  const segments = sentSegments(trace);
  if (!isWhole(trace)) {
    return `Only ${segments.length} of the segments have arrived; each service sends its own.`;
  }
  const stranger = segments.find((segment) => segment.trace_id !== trace.id);
  if (stranger) return `The segment of ${stranger.name} carries another trace id.`;
  const roots = segments.filter((segment) => segment.parent_id === undefined);
  if (roots.length !== 1 || roots[0]?.name !== 'gateway') {
    return `The only segment without a parent_id must be gateway's, but these have none: ${roots.map((root) => root.name).join(', ') || 'no segment'}.`;
  }
  const callers = new Set(segments.flatMap((segment) => everySubsegment(segment).map((call) => call.id)));
  const orphan = segments.find(
    (segment) => segment.parent_id !== undefined && !callers.has(segment.parent_id),
  );
  return orphan && `The parent_id of ${orphan.name} is not the id of any subsegment in the trace.`;
}

/** The id of one of the learner's own checkouts, however it was copied. */
export const traceIdIsYours: Check = async (context) => {
  const lookedFor = 'the trace id of a checkout that you sent in this run';
  const id = traceIdIn(context.answer);
  if (!id) {
    return fail('That is not a trace id: 1-, eight hex digits, -, and 24 hex digits.', {
      lookedFor,
      found: shown(context.answer),
    });
  }
  const own = await ownCheckouts(context);
  if (own.length === 0) return noCheckoutYet(lookedFor);
  if (own.some((summary) => summary.Id === id)) {
    return pass('That is the trace of your checkout.', { lookedFor, found: id, traceIds: [id] });
  }
  const [trace] = await context.xray.traces([id]);
  return fail(whoseTrace(trace, context.run.nonce), { lookedFor, found: id, traceIds: trace ? [id] : [] });
};

function whoseTrace(trace: Trace | undefined, nonce: string): string {
  if (!trace) return 'X-Ray holds no trace with this id.';
  if (annotationOf(trace, 'run') !== nonce)
    return 'This trace is not of this run; it is older, or not from the lab.';
  return `This trace is of customer ${annotationOf(trace, 'customerId') ?? 'unknown'}, not of yours.`;
}

/** How many services sent a segment, recounted in the learner's own trace. */
export const servicesAreCounted: Check = async (context) => {
  const lookedFor = 'the number of services that sent a segment for your checkout';
  const given = numberIn(context.answer);
  if (given === undefined) return fail('That is not a number.', { lookedFor, found: shown(context.answer) });

  const own = await ownTraces(context);
  if (own.length === 0) return noCheckoutYet(lookedFor);
  const traces = own.filter(isWhole);
  if (traces.length === 0) return noWholeCheckout(lookedFor, own);
  const right = traces.find((trace) => servicesOf(trace).size === given);
  const newest = right ?? traces[0];
  if (!newest) return noCheckoutYet(lookedFor);
  const evidence = { lookedFor, found: String(given), traceIds: [newest.id] };
  if (right) return pass(`These took part: ${[...servicesOf(right)].join(', ')}.`, evidence);
  const counted = otherCounts(newest).find(({ count }) => count === given);
  return fail(counted?.why ?? 'The segments of your trace come from another number of services.', evidence);
};

const servicesOf = (trace: Trace) => new Set(sentSegments(trace).map((segment) => segment.name));

/** What else can be counted in the trace, and what is wrong with counting that. */
function otherCounts(trace: Trace): { count: number; why: string }[] {
  const sent = sentSegments(trace);
  const services = servicesOf(trace).size;
  const inferred = trace.segments.filter((segment) => segment.inferred);
  const tables = inferred.filter((segment) => segment.origin?.startsWith('AWS::'));
  const strangers = new Set(inferred.filter((segment) => !tables.includes(segment)).map(({ name }) => name));
  const nodes = serviceGraph([trace]).length;
  const sentNothing =
    'X-Ray inferred them from the calls; they sent nothing, and their documents say `inferred`.';
  return [
    {
      count: trace.segments.length,
      why: `You counted every row, tables and other companies too. ${sentNothing}`,
    },
    { count: nodes, why: `You counted the nodes of the map, the client too. ${sentNothing}` },
    {
      count: nodes - 1,
      why: `You counted the nodes of the map, tables and other companies too. ${sentNothing}`,
    },
    {
      count: new Set(trace.segments.map((segment) => segment.name)).size,
      why: `You counted each name once, with those of tables and other companies. ${sentNothing}`,
    },
    {
      count: services + strangers.size,
      why: `You counted ${[...strangers].join(', ')} as well, which sent nothing: X-Ray inferred it from the call, and its document says \`inferred\`.`,
    },
    { count: services + tables.length, why: `You counted the tables as well. ${sentNothing}` },
    { count: sent.length, why: 'You counted segments. A service that was called twice has sent two.' },
    {
      count: services - lateServices(trace),
      why: 'At least one is missing: a service may send its segment when the customer has long been answered.',
    },
  ].filter(({ count }) => count !== services);
}

/** Services whose segment ended after the root's. */
const lateServices = (trace: Trace): number =>
  new Set(
    sentSegments(trace)
      .filter(({ end_time = 0 }) => end_time > (trace.root?.end_time ?? Infinity))
      .map(({ name }) => name),
  ).size;

/** The downstream call of `order` that took longest, by the id of its subsegment. */
export const slowestCallIsNamed: Check = async (context) => {
  const lookedFor = "the id of the longest subsegment in order's segment, in a checkout of yours";
  const id = segmentIdIn(context.answer);
  if (!id) {
    return fail('That is not the id of a subsegment: it has 16 hex digits.', {
      lookedFor,
      found: shown(context.answer),
    });
  }
  const traces = await ownTraces(context);
  if (traces.length === 0) return noCheckoutYet(lookedFor);

  const trace = traces.find((one) => one.segments.some((segment) => holds(segment, id)));
  if (!trace) {
    return fail('No segment or subsegment of your checkouts has this id.', { lookedFor, found: id });
  }
  const calls = callsOfOrder(trace);
  const longest = Math.max(...calls.map(durationOf));
  const given = calls.find((call) => call.id === id);
  const evidence = { lookedFor, found: given ? described(given) : id, traceIds: [trace.id] };
  if (!given) {
    const owner = trace.segments.find((segment) => holds(segment, id));
    const what = owner?.id === id ? `the segment of ${owner.name}` : `a call of ${owner?.name}`;
    return fail(
      `This id is in your trace, but it is not a call in order's segment: it is ${what}.`,
      evidence,
    );
  }
  // Two calls that are equally long to the millisecond are both right.
  if (durationOf(given) < longest - 0.0005) return fail('Another call of order took longer.', evidence);
  return pass(`order waited longest for ${given.name}.`, evidence);
};

const holds = (segment: Segment, id: string) =>
  segment.id === id || everySubsegment(segment).some((subsegment) => subsegment.id === id);

const callsOfOrder = (trace: Trace): Subsegment[] =>
  sentSegments(trace)
    .filter((segment) => segment.name === 'order')
    .flatMap(everySubsegment)
    .filter((subsegment) => subsegment.namespace !== undefined);

const described = (call: Subsegment) => `${call.name}, ${Math.round(durationOf(call) * 1000)} ms`;

/** A filter expression, judged by the set of traces it returns. */
export const filterFindsYourOrder: Check = async (context) => {
  const lookedFor = 'a filter expression that returns the traces of one order of yours and no other';
  const filter = textIn(unquotedFilter(context.answer));
  if (!filter) return fail('There is no filter expression.', { lookedFor, found: shown(context.answer) });

  const own = await ownTraces(context);
  if (own.length === 0) return noCheckoutYet(lookedFor);
  // With one order, a filter for everything of theirs would do, and such a one stands in the text.
  if (new Set(own.flatMap((trace) => annotationOf(trace, 'orderId') ?? [])).size < 2) {
    return cannotTell(
      'You have only one order in this run, so a filter for all of yours would find it too.',
      {
        lookedFor,
        found: 'one order of yours',
        remedy: 'npm run -s lab -- send',
      },
    );
  }
  try {
    const found = await context.xray.summaries({ ...windowOfRun(context), filter });
    return await judgeFound(
      context,
      own,
      found.map((summary) => summary.Id),
      { lookedFor, filter },
    );
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'InvalidRequestException') throw error;
    return fail(`X-Ray refuses this expression: ${error.message}`, { lookedFor, found: filter });
  }
};

/** A whole expression may be pasted inside the quotes of the shell, but `"…"` alone is no expression. */
const unquotedFilter = (answer: unknown) =>
  typeof answer === 'string' ? answer.trim().replace(/^'(.*)'$/s, '$1') : answer;

async function judgeFound(
  context: CheckContext,
  own: readonly Trace[],
  ids: readonly string[],
  { lookedFor, filter }: { lookedFor: string; filter: string },
): Promise<Finding> {
  const evidence = { lookedFor, found: `${counted(ids.length, 'trace')} for ${filter}`, traceIds: ids };
  const checkout = own.find((trace) => ids.includes(trace.id));
  if (ids.length === 0) {
    return fail(
      'It returns no trace of this run. An order of an earlier run is not in it, and capitals count in keys and values.',
      evidence,
    );
  }
  if (!checkout) return fail('Your order is not among the traces it returns.', evidence);
  // Reading the order again (GET /orders/ID) leaves a trace of the same order, which belongs to it.
  const order = annotationOf(checkout, 'orderId');
  const others = await context.xray.traces(ids.filter((id) => id !== checkout.id).slice(0, 10));
  const stranger = others.find((trace) => annotationOf(trace, 'orderId') !== order);
  if (stranger && annotationOf(stranger, 'customerId') === 'you')
    return fail('It returns other traces as well: those of another order of yours.', evidence);
  if (ids.length > 11 || stranger) return fail('It returns other traces as well.', evidence);
  return pass('It returns your order and nothing else.', { ...evidence, traceIds: [checkout.id] });
}

const shown = (answer: unknown) =>
  answer === undefined || answer === '' ? 'no answer' : `"${String(answer).slice(0, 80)}"`;
