/**
 * AWS's own examples of filter expressions, and ours where a documented keyword has none, each with a trace that
 * matches and one that does not.
 */
import { assembleTrace } from '../assemble.ts';
import type { Segment, Subsegment, Trace } from '../vocabulary.ts';

const trace_id = '1-58406520-a006649127e371903a2de979';

interface Callee extends Partial<Omit<Segment, 'id' | 'trace_id'>> {
  /** What the caller's subsegment says; the callee sends a segment of its own unless `silent`. */
  call?: Partial<Subsegment>;
  silent?: boolean;
}

/** A trace of one service, `web`, that answers 200 in a second and calls others. */
export function web(more: Partial<Segment> = {}, ...callees: Callee[]): Trace {
  const calls: Subsegment[] = callees.map(({ call, name = 'callee' }, i) => ({
    id: `b00000000000000${i}`,
    name,
    namespace: 'remote',
    start_time: 100.1,
    end_time: 100.9,
    ...call,
  }));
  const segments: Segment[] = callees.flatMap(({ call: _, silent, ...own }, i) =>
    silent
      ? []
      : [
          {
            id: `c00000000000000${i}`,
            name: 'callee',
            trace_id,
            parent_id: calls[i]!.id,
            start_time: 100.2,
            end_time: 100.8,
            ...own,
          },
        ],
  );
  const root: Segment = {
    id: 'a000000000000000',
    name: 'web',
    trace_id,
    start_time: 100,
    end_time: 101,
    http: { request: { method: 'GET', url: 'http://web/' }, response: { status: 200 } },
    subsegments: calls,
    ...more,
  };
  return assembleTrace(trace_id, [root, ...segments]);
}

const status = (code: number): Partial<Segment> => ({ http: { response: { status: code } } });
const url = (text: string): Partial<Segment> => ({
  http: { request: { url: text }, response: { status: 200 } },
});
const lasting = (seconds: number) => ({ end_time: 100 + seconds });
const table = (name: string, more: Partial<Subsegment> = {}): Callee => ({
  name: 'DynamoDB',
  silent: true,
  call: { namespace: 'aws', aws: { table_name: name }, ...more },
});
const queue: Callee = {
  name: 'SQS',
  silent: true,
  call: { namespace: 'aws', aws: { queue_url: 'https://sqs/q' } },
};
const inAccount = (account_id: string) => web({ aws: { account_id } });
const openCallee = web({}, { name: 'api.example.com' });
const plain = web();
const failed = web(status(500));
const refused = web(status(404));

const { end_time: _, ...pending } = { ...plain.segments[0]! };
const unfinished = assembleTrace(trace_id, [{ ...pending, in_progress: true }]);

const thrown = (message: string): Partial<Segment> => ({
  fault: true,
  cause: { exceptions: [{ id: 'e000000000000001', message }] },
});
const step = (name: string, more: Partial<Subsegment> = {}): Partial<Segment> => ({
  subsegments: [{ id: 'd000000000000001', name, start_time: 100.1, end_time: 100.9, ...more }],
});
/** A call to DynamoDB which X-Ray has already made a segment from, named after the table. */
const traces = (more: Partial<Subsegment> & Partial<Segment> = {}): Callee => ({
  name: 'traces',
  origin: 'AWS::DynamoDB',
  inferred: true,
  start_time: 100.1,
  end_time: 100.9,
  ...more,
  call: { name: 'DynamoDB', namespace: 'aws', ...more },
});
/** Services that call each other in a row, the last of which fails. */
const row = (length: number): Trace =>
  assembleTrace(
    trace_id,
    Array.from({ length }, (_, i) => ({
      id: `f00000000000000${i}`,
      name: `service-${i}`,
      trace_id,
      start_time: 100 + i / 100,
      end_time: 101 - i / 100,
      ...(i > 0 && { parent_id: `f00000000000000${i - 1}` }),
      ...(i === length - 1 && { fault: true }),
    })),
  );

export interface Example {
  expression: string;
  meaning: string;
  yes: Trace;
  no: Trace;
}

const example = (expression: string, meaning: string, yes: Trace, no: Trace): Example => ({
  expression,
  meaning,
  yes,
  no,
});

/** The groups that the examples name. */
export const exampleGroups: Record<string, string> = {
  high_response_time: 'responsetime > 5',
  'arn:aws:xray:us-east-2:123456789012:group/TestGroup/UniqueID': 'fault',
  // AWS's Default group has no filter. Here it has one, so that there is a trace outside it.
  Default: 'service("web")',
};

export const examples: readonly Example[] = [
  example('responsetime > 5', 'root answered in more than 5 s', web(lasting(6)), web(lasting(5))),
  example('duration >= 5 AND duration <= 8', 'whole trace took 5–8 s', web(lasting(8)), web(lasting(9))),
  example('ok', 'root status 2xx', plain, failed),
  example('!ok', 'not 2xx', refused, plain),
  example('ok = false', 'not 2xx', refused, plain),
  example('ok != true', 'not 2xx', refused, plain),
  example('error', 'root 4xx', refused, failed),
  example('fault', 'root 5xx', failed, refused),
  example('throttle', '429', web(status(429)), refused),
  example('partial', 'some segment still open', unfinished, plain),
  example('inferred', 'trace has inferred segments', web({}, table('orders')), openCallee),
  example('error = true OR fault = true', 'failed either way', failed, plain),
  example('fault OR error', 'failed either way', refused, plain),
  example('ok !partial duration <3', 'ok, complete, under 3 s', plain, web(lasting(3))),
  example('http.status != 200', 'status other than 200', web(status(201)), plain),
  example('http.status = 404', 'exactly 404', refused, plain),
  example('http.status >= 500 AND http.status < 600', '5xx by number', web(status(599)), web(status(499))),
  example('http.url CONTAINS "/api/game/"', 'URL has that part', web(url('http://x/api/game/7')), plain),
  example(
    'http.url BEGINSWITH "http://api.example.com/"',
    'URL prefix',
    web(url('http://api.example.com/v1')),
    plain,
  ),
  example(
    'http.url ENDSWITH "/health"',
    'URL suffix',
    web(url('http://x/health')),
    web(url('http://x/health/1')),
  ),
  example('http.url', 'URL recorded at all', plain, failed),
  example('http.url AND responseTime > 2', 'URL set and slower than 2 s', web(lasting(3)), plain),
  example('!http.url', 'no URL recorded', failed, plain),
  example('http.method = "POST"', 'POST requests', web({ http: { request: { method: 'POST' } } }), plain),
  example('http.method != "GET"', 'anything but GET', web({ http: { request: { method: 'PUT' } } }), plain),
  example(
    'http.useragent CONTAINS "Chrome"',
    'browser filter',
    web({ http: { request: { user_agent: 'Mozilla/5.0 Chrome/131' } } }),
    plain,
  ),
  example(
    'http.clientip = "203.0.113.7"',
    'one client',
    web({ http: { request: { client_ip: '203.0.113.7' } } }),
    plain,
  ),
  example(
    'http.clientip BEGINSWITH "10."',
    'client range',
    web({ http: { request: { client_ip: '10.0.0.9' } } }),
    plain,
  ),
  example('user CONTAINS ""', 'any user id recorded', web({ user: 'bob' }), plain),
  example('user = "alice"', 'traces of alice', web({ user: 'alice' }), web({ user: 'bob' })),
  example('user != "alice"', 'other users', web({ user: 'bob' }), web({ user: 'alice' })),
  example(
    'availabilityzone = "us-west-2c"',
    'zone on any segment',
    web({}, { aws: { ec2: { availability_zone: 'us-west-2c' } } }),
    plain,
  ),
  example(
    'instance.id = "i-0b5a4678fc325bg98"',
    'instance on any segment',
    web({}, { aws: { ec2: { instance_id: 'i-0b5a4678fc325bg98' } } }),
    plain,
  ),
  example(
    'resource.arn CONTAINS "function:orders"',
    'resource on any segment',
    web({}, { resource_arn: 'arn:aws:lambda:us-east-1:1:function:orders' }),
    plain,
  ),
  example(
    'annotation.gameid = "817DL6VO"',
    'string annotation',
    web({ annotations: { gameid: '817DL6VO' } }),
    web({ annotations: { gameid: '817' } }),
  ),
  example('annotation.age', 'annotation set', web({ annotations: { age: 30 } }), plain),
  example('!annotation.age', 'annotation not set', plain, web({ annotations: { age: 30 } })),
  example(
    'annotation.age > 29',
    'numeric annotation',
    web({ annotations: { age: 30 } }),
    web({ annotations: { age: '30' } }),
  ),
  example(
    'annotation.account = "12345"',
    'string value "12345"',
    web({ annotations: { account: '12345' } }),
    web({ annotations: { account: 12345 } }),
  ),
  example(
    'annotation.internal = true',
    'boolean annotation',
    web({ annotations: { internal: true } }),
    web({ annotations: { internal: 'true' } }),
  ),
  example(
    'annotation.country BEGINSWITH "United"',
    'string operator on annotation',
    web({ annotations: { country: 'United Kingdom' } }),
    web({ annotations: { country: 'France' } }),
  ),
  example(
    'annotation.foo = "bar" AND annotation.zip_code = 98101',
    'two annotations',
    web({ annotations: { foo: 'bar', zip_code: 98101 } }),
    web({ annotations: { foo: 'bar' } }),
  ),
  example(
    'annotation[my.key] = "v"',
    'bracket form for dotted keys',
    web({ annotations: { 'my.key': 'v' } }),
    plain,
  ),
  example('service("api.example.com")', 'hit that node', openCallee, plain),
  example(
    'service("api.example.com") { fault }',
    'that node returned 5xx',
    web({}, { name: 'api.example.com', fault: true }),
    openCallee,
  ),
  example(
    'service() { fault }',
    'a fault anywhere on the map',
    web({}, { name: 'deep', fault: true }),
    openCallee,
  ),
  example(
    'service("example.com") {fault OR error}',
    'either kind there',
    web({}, { name: 'example.com', error: true }),
    web({}, { name: 'other.com', error: true }),
  ),
  example(
    'service("mydomain.com") {fault OR error}',
    'CLI group example',
    web({}, { name: 'mydomain.com', fault: true }),
    plain,
  ),
  example(
    'service("data-plane") {root = true and fault = true}',
    'that service is the entry and failed',
    web({ name: 'data-plane', fault: true }),
    web({}, { name: 'data-plane', fault: true }),
  ),
  example(
    'service("function-name") { error }',
    'error on any node of that name',
    web({}, { name: 'function-name', origin: 'AWS::Lambda', error: true }),
    plain,
  ),
  example(
    'service(id(name: "random-name", type: "AWS::Lambda::Function")) { error }',
    'the function only',
    web({}, { name: 'random-name', origin: 'AWS::Lambda::Function', error: true }),
    web({}, { name: 'random-name', origin: 'AWS::Lambda', error: true }),
  ),
  example(
    'service(id(type: "AWS::Lambda::Function")) { error }',
    'any function',
    web({}, { origin: 'AWS::Lambda::Function', error: true }),
    web({}, { origin: 'AWS::Lambda::Function' }),
  ),
  example(
    'service(id(account.id: "123456789012"))',
    'any service of that account',
    inAccount('123456789012'),
    plain,
  ),
  example(
    'service(id(name: "orders", type: "AWS::DynamoDB::Table")) { throttle }',
    'throttled table',
    web({}, table('orders', { throttle: true, error: true, fault: true })),
    web({}, table('payments', { throttle: true })),
  ),
  example(
    'service(id(type: "AWS::DynamoDB::Table")) { responsetime > 0.5 }',
    'slow tables',
    web({}, table('orders')),
    web({}, table('orders', lasting(0.2))),
  ),
  example(
    'service(id(name: "scorekeep-user", type: "AWS::DynamoDB::Table"))',
    'Grafana link form',
    web({}, table('scorekeep-user')),
    web({}, { name: 'scorekeep-user' }),
  ),
  example(
    'service("api.amazon.com") { fault = true OR responsetime > 2.5 } AND annotation.foo = "bar"',
    'deep-link example',
    web({ annotations: { foo: 'bar' } }, { name: 'api.amazon.com', ...lasting(4) }),
    web({}, { name: 'api.amazon.com', ...lasting(4) }),
  ),
  example(
    'service("api.example.com") { fault = true OR responsetime >= 5 }',
    'fault or slow on that node',
    web({}, { name: 'api.example.com', ...lasting(6) }),
    openCallee,
  ),
  example(
    'fault = true AND http.url CONTAINS "example/game" AND responsetime >= 5',
    'group update example',
    web({ ...url('http://example/game'), ...lasting(5), fault: true }),
    web({ ...url('http://example/game'), ...lasting(5) }),
  ),
  example(
    'edge("api.example.com", "backend.example.com") { error }',
    'that call failed 4xx',
    web({ name: 'api.example.com' }, { name: 'backend.example.com', call: { error: true } }),
    web({ name: 'api.example.com' }, { name: 'backend.example.com', error: true }),
  ),
  example(
    'edge("a", "b")',
    'a called b',
    web({ name: 'a' }, { name: 'b' }),
    web({ name: 'b' }, { name: 'a' }),
  ),
  example(
    'edge(id(name: "one", type: "t1"), id(name: "two", type: "t2")) { fault }',
    'typed edge',
    web({ name: 'one', origin: 't1' }, { name: 'two', origin: 't2', call: { fault: true } }),
    web({ name: 'one' }, { name: 'two', origin: 't2', call: { fault: true } }),
  ),
  example(
    'edge("checkout", id(type: "AWS::SQS::Queue"))',
    'mixed selector forms',
    web({ name: 'checkout' }, queue),
    web({ name: 'checkout' }, table('orders')),
  ),
  example('!edge("web", "legacy")', 'never called legacy', plain, web({}, { name: 'legacy' })),
  example('!service("api.example.com")', 'did not reach it', plain, openCallee),
  example(
    'http.url BEGINSWITH "http://api.example.com/" AND http.url CONTAINS "/v2/" AND !service("api.example.com")',
    'URL match without the node',
    web(url('http://api.example.com/v2/x')),
    web(url('http://api.example.com/v2/x'), { name: 'api.example.com' }),
  ),
  example(
    'service("a") AND service("b")',
    'both nodes took part',
    web({ name: 'a' }, { name: 'b' }),
    web({ name: 'a' }, { name: 'c' }),
  ),
  example(
    'service(id(account.id: "111111111111")) OR service(id(account.id: "222222222222"))',
    'cross-account console',
    inAccount('222222222222'),
    inAccount('333333333333'),
  ),
  example(
    'group.name = "high_response_time" AND user = "alice"',
    'group filter plus user',
    web({ user: 'alice', ...lasting(6) }),
    web({ user: 'alice' }),
  ),
  example(
    'group.arn = "arn:aws:xray:us-east-2:123456789012:group/TestGroup/UniqueID"',
    'by ARN',
    failed,
    plain,
  ),
  example('groupname = "Default"', 'old alias', plain, web({ name: 'other' })),
  example(
    'rootcause.fault.service { name = "Auth" }',
    'a fault came through Auth',
    web({}, { name: 'Auth', fault: true }),
    web({ fault: true }, { name: 'Auth' }),
  ),
  example(
    'rootcause.fault.service { inferred and name = traces and type = "AWS::DynamoDB" }',
    'inferred node, bareword value',
    web({}, traces({ fault: true })),
    web({}, traces()),
  ),
  example('rootcause.fault.service { index > 5 }', 'a long chain', row(7), row(6)),
  example(
    'rootcause.fault.entity { last and name = "deserialize" }',
    'name of the deepest entity',
    web({ fault: true, ...step('deserialize', { fault: true }) }),
    web({ fault: true, ...step('deserialize') }),
  ),
  example(
    'rootcause.fault.exception { last and message = "Access Denied for account_id: 1234567890" }',
    'text of the last exception',
    web(thrown('Access Denied for account_id: 1234567890')),
    web(thrown('Access Denied')),
  ),
  example('rootcause.error.service { first }', 'an error has a root cause at all', refused, failed),
  example(
    'rootcause.responsetime.service { last and type = "AWS::DynamoDB" }',
    'slow because of DynamoDB',
    web({}, { name: 'DynamoDB', silent: true, call: { namespace: 'aws' } }),
    web({}, { name: 'DynamoDB', silent: true, call: { namespace: 'aws', end_time: 100.2 } }),
  ),
  example(
    'rootcause.responsetime.entity { last and coverage > 0.8 }',
    'the last entity covers more than 80 %',
    plain,
    web({}, table('orders')),
  ),
  example(
    'rootcause.responsetime.entity { remote and coverage > 0.7 and name = "traces" }',
    'a remote part dominates',
    web({}, traces()),
    web(step('traces')),
  ),
  example(
    'rootcause.json = #[{ "Services": [ { "Name": "GetWeatherData", "EntityPath": [{ "Name": "GetWeatherData" }, { "Name": "get_temperature" }] } ] }]',
    'the structure of a root cause',
    web({ name: 'GetWeatherData', ...step('get_temperature') }),
    web({ name: 'GetWeatherData', ...step('get_wind') }),
  ),
];
