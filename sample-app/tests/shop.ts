/** Starts the whole shop on ports of its own, with an X-Ray daemon that keeps what it is sent. For tests. */
import { spawn, type ChildProcess } from 'node:child_process';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import readline from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** A segment or subsegment as the SDK sends it, as far as the tests look at it. */
export interface Entity {
  id: string;
  name: string;
  trace_id?: string;
  parent_id?: string;
  start_time: number;
  end_time: number;
  origin?: string;
  namespace?: string;
  user?: string;
  error?: boolean;
  fault?: boolean;
  throttle?: boolean;
  traced?: boolean;
  http?: { request?: { url?: string; method?: string; user_agent?: string }; response?: { status?: number } };
  aws?: {
    operation?: string;
    table_name?: string;
    retries?: number;
    xray?: { rule_name?: string };
    ecs?: object;
    ec2?: { instance_id?: string; availability_zone?: string };
  };
  sql?: Record<string, string>;
  cause?: { id?: string; exceptions?: { message: string; type: string; remote: boolean }[] };
  annotations?: Record<string, unknown>;
  metadata?: Record<string, Record<string, unknown>>;
  subsegments?: Entity[];
}

export interface Collector {
  /** For AWS_XRAY_DAEMON_ADDRESS. */
  address: string;
  segments: Entity[];
  /** Waits until the trace has segments of all these services, and answers them by name. */
  trace(traceId: string, services: readonly string[], seconds?: number): Promise<Record<string, Entity>>;
  close(): void;
}

/** Listens as a daemon does: UDP for segments, TCP for the sampling rules, of which there is one that takes all. */
export async function startCollector(): Promise<Collector> {
  const segments: Entity[] = [];
  const udp = dgram.createSocket('udp4');
  udp.on('message', (datagram) => {
    const [header, document] = datagram.toString().split('\n');
    if (header === '{"format":"json","version":1}' && document) segments.push(JSON.parse(document) as Entity);
  });
  udp.bind(0, '127.0.0.1');
  const tcp = createServer((request, response) => {
    response.end(
      JSON.stringify(request.url === '/GetSamplingRules' ? { SamplingRuleRecords: [everything] } : {}),
    );
  }).listen(0, '127.0.0.1');
  await Promise.all([once(udp, 'listening'), once(tcp, 'listening')]);

  return {
    address: `udp:127.0.0.1:${udp.address().port} tcp:127.0.0.1:${(tcp.address() as AddressInfo).port}`,
    segments,
    async trace(traceId, services, seconds = 5) {
      const found = () => segments.filter((segment) => segment.trace_id === traceId);
      const complete = () => services.every((name) => found().some((segment) => segment.name === name));
      await until(
        complete,
        seconds,
        () => `${services} in trace ${traceId}, but there is ${found().map((s) => s.name)}`,
      );
      return Object.fromEntries(found().map((segment) => [segment.name, segment]));
    },
    close() {
      udp.close();
      tcp.close();
      tcp.closeAllConnections();
    },
  };
}

const everything = {
  SamplingRule: {
    RuleName: 'everything',
    RuleARN: 'arn:aws:xray:us-east-1:000000000000:sampling-rule/everything',
    ResourceARN: '*',
    Priority: 1,
    FixedRate: 1,
    ReservoirSize: 100,
    ServiceName: '*',
    ServiceType: '*',
    Host: '*',
    HTTPMethod: '*',
    URLPath: '*',
    Version: 1,
    Attributes: {},
  },
};

/** Waits until `condition` holds; throws an Error with `what` after so many seconds. */
export async function until(condition: () => boolean, seconds: number, what: () => string): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`after ${seconds} s still waiting for ${what()}`);
    await sleep(10);
  }
}

export interface Service {
  name: string;
  url: string;
  process: ChildProcess;
  /** From spawn to listening. */
  startMilliseconds: number;
  log: string[];
}

export interface Shop {
  collector: Collector;
  services: Record<string, Service>;
  gatewayUrl: string;
  plan(service: string, primitives: object[]): Promise<void>;
  stop(): Promise<void>;
}

const folder = path.join(import.meta.dirname, '..');

/** Starts one program of the sample app on a free port and waits until it listens. */
export async function startService(
  name: string,
  environment: Record<string, string>,
  nodeFlags: readonly string[] = [],
): Promise<Service> {
  const started = performance.now();
  const main = name === 'dynamodb' ? 'dynamodb/main.ts' : `services/${name}/main.ts`;
  const child = spawn(process.execPath, [...nodeFlags, path.join(folder, main)], {
    env: { ...process.env, HOST: '127.0.0.1', PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const log: string[] = [];
  const port = await new Promise<number>((resolve, reject) => {
    readline.createInterface({ input: child.stdout }).on('line', (line) => {
      log.push(line);
      const entry = JSON.parse(line) as { service?: string; port?: number };
      if (entry.service === name && entry.port) resolve(entry.port);
    });
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}: ${log.join('\n')}`)));
  });
  return {
    name,
    // A host name per service, after which the SDK names its subsegments.
    url: `http://${name}:${port}`,
    process: child,
    startMilliseconds: performance.now() - started,
    log,
  };
}

export async function startShop(): Promise<Shop> {
  const collector = await startCollector();
  const names = ['auth', 'order', 'payment', 'inventory', 'notification', 'payment-provider', 'gateway'];
  const dynamodb = await startService('dynamodb', {});
  const environment: Record<string, string> = {
    AWS_XRAY_DAEMON_ADDRESS: collector.address,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url.replace('dynamodb', '127.0.0.1'),
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    HOST_ALIASES: names.map((name) => `${name}:127.0.0.1`).join(','),
  };
  const services: Record<string, Service> = { dynamodb };

  // Each group needs the addresses of the groups before it.
  for (const group of [
    ['auth', 'inventory', 'notification', 'payment-provider'],
    ['payment'],
    ['order'],
    ['gateway'],
  ]) {
    const started = await Promise.all(group.map((name) => startService(name, environment)));
    for (const service of started) {
      services[service.name] = service;
      environment[`${service.name.toUpperCase().replaceAll('-', '_')}_URL`] = service.url;
    }
  }

  return {
    collector,
    services,
    gatewayUrl: services.gateway!.url.replace('gateway', '127.0.0.1'),
    async plan(name, primitives) {
      const response = await fetch(`${local(services[name]!.url)}/_plan`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ revision: 1, primitives }),
      });
      if (!response.ok) throw new Error(await response.text());
    },
    async stop() {
      await Promise.all(Object.values(services).map((service) => stopService(service)));
      collector.close();
    },
  };
}

/** SIGTERM, and the exit code. */
export async function stopService({ process: child }: Service): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const [code] = (await exited) as [number | null];
  return code;
}

/** The address from outside, where the shop's host names mean nothing. */
export const local = (url: string) => url.replace(/\/\/[^:]+/, '//127.0.0.1');

/** All subsegments of an entity, at any depth. */
export const subsegmentsOf = (entity: Entity): Entity[] =>
  (entity.subsegments ?? []).flatMap((child) => [child, ...subsegmentsOf(child)]);
