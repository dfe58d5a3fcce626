import type { Server } from 'node:http';
import { formatAddress, parseAddress } from './address.ts';
import { assumedRole, stsEndpoint } from './assume-role.ts';
import { AwsClient } from './aws-client.ts';
import { BatchProcessor, largestBatch, type Schedule } from './batch-processor.ts';
import { domainOf, endpointOf, proxyOf, type Config } from './config.ts';
import { credentialProvider, type CredentialProvider } from './credentials.ts';
import { healthAnswer } from '../health-datagram.ts';
import { readDatagram } from './datagram.ts';
import { InstanceMetadata } from './instance-metadata.ts';
import type { Log } from './log.ts';
import { createProxy, proxyTimeoutMilliseconds } from './proxy.ts';
import { findRegion } from './region.ts';
import { telemetryIdentity } from './telemetry-identity.ts';
import { Telemetry, telemetryMilliseconds } from './telemetry.ts';
import { listenUdp, type UdpListener } from './udp.ts';
import { UploadQueue } from './upload-queue.ts';
import { uploader } from './uploader.ts';
import { daemonVersion, userAgent } from './version.ts';

/** AWS's daemon waits this long for an answer. */
const timeoutMilliseconds = 2000;

const leastMegabytes = 3;

/** A buffer holds one datagram of at most 64 KB. */
const buffersPerMegabyte = 1024 / 64;

export interface Daemon {
  /** Sends what has been received, reports a last time, closes both ports. `signal` as Go calls it. */
  stop(signal: string): Promise<void>;
}

/**
 * Starts the daemon: UDP datagrams → batches → signed PutTraceSegments, the TCP proxy, telemetry. Rejects with an Error
 * whose text is the last line of AWS's daemon when it cannot: an address taken, too little memory, no region.
 */
export async function startDaemon(config: Config, env: NodeJS.ProcessEnv, log: Log): Promise<Daemon> {
  log.info(`Initializing AWS X-Ray daemon ${daemonVersion}`);
  // The port is open while region and identity are still looked up.
  const early: Buffer[] = [];
  let receive = (bytes: Buffer): void => void early.push(bytes);
  let proxyServer: Server | undefined;
  const word = env['LAB_PROCESS_WORD'];
  const udp = await bindUdp(
    config.udp,
    (bytes, answer) => {
      const open = proxyServer?.listening ? 'udp+tcp' : 'udp';
      const health = word && healthAnswer(word, bytes, open);
      if (!health) receive(bytes);
      // Until the region is found nothing is sent, and nobody is told that it would be.
      else if (proxyServer) answer(health);
    },
    log,
  );

  const buffers = allocateBuffers(config.bufferMegabytes, log);
  if (config.endpoint) log.debug(`Using Endpoint read from Config file: ${config.endpoint}`);
  log.debug(`Using proxy address: ${config.proxyAddress}`);
  const proxy = proxyOf(config.proxyAddress);
  const metadata = new InstanceMetadata(env);
  const { localMode } = config;
  const region = await findRegion({ given: config.region, env, localMode, metadata, log });
  if (!region) {
    throw new Error(
      'Cannot fetch region variable from config file, environment variables, ecs metadata, or ec2 metadata. ' +
        'Use local-mode to use the local config region.',
    );
  }
  log.info(`Using region: ${region}`);
  log.debug(`ARN of the AWS resource running the daemon: ${config.resourceArn}`);
  const identity = await telemetryIdentity(env, metadata, localMode, log);

  const endpoint = endpointOf(config.endpoint, region);
  const upstream = {
    service: 'xray',
    endpoint,
    region,
    credentials: credentialsFor(config, env, region),
    verifyCertificate: config.verifyCertificate,
    proxy,
  };
  const client = new AwsClient({ ...upstream, timeoutMilliseconds, connections: config.concurrency });
  const agent = userAgent(env['AWS_EXECUTION_ENV']);
  const now = () => performance.timeOrigin + performance.now();
  const telemetry = new Telemetry({
    client,
    log,
    now: () => now() / 1000,
    userAgent: agent,
    identity: { ...identity, ResourceARN: config.resourceArn },
  });
  const usedEndpoint = config.endpoint
    ? `Using Endpoint: ${config.endpoint}`
    : 'Using default X-Ray endpoint';
  log.debug(usedEndpoint);
  log.debug('Telemetry initiated');

  const proxyClient = new AwsClient({
    ...upstream,
    timeoutMilliseconds: proxyTimeoutMilliseconds,
    connections: Number.POSITIVE_INFINITY,
  });
  const server = startProxy(config, proxyClient, log);
  server.once('listening', () => (proxyServer = server));
  server.once('error', () => (proxyServer = server));

  const queue = new UploadQueue({
    concurrency: config.concurrency,
    upload: uploader({ client, log, telemetry, userAgent: agent, now }),
    log,
    onSpill: (segments) => telemetry.spilled(segments),
  });
  log.debug(usedEndpoint);
  const size = Math.min(largestBatch, buffers);
  log.debug(`Batch size: ${size}`);
  const processor = new BatchProcessor({ size, send: (batch) => queue.add(batch), log, schedule });
  const receiver = createReceiver(processor, telemetry, log);
  receive = receiver.receive;
  for (const bytes of early) receive(bytes);
  const timer = setInterval(() => void telemetry.report(), telemetryMilliseconds);

  return {
    async stop(signal) {
      log.debug(`Shutdown Initiated. Current epoch in nanoseconds: ${epochNanoseconds()}`);
      log.info(`Got shutdown signal: ${signal}`);
      clearInterval(timer);
      await udp.close();
      processor.stop();
      await queue.idle();
      log.debug('processor: done!');
      await telemetry.report();
      log.debug('telemetry: done!');
      await closeProxy(server);
      client.close();
      proxyClient.close();
      const documents = receiver.documents();
      log.debug(`Trace segment: received: ${documents}, truncated: 0, processed: ${documents}`);
      log.debug(`Shutdown finished. Current epoch in nanoseconds: ${epochNanoseconds()}`);
    },
  };
}

async function bindUdp(
  address: string,
  receive: Parameters<typeof listenUdp>[1],
  log: Log,
): Promise<UdpListener> {
  const asked = parseAddress(address);
  const udp = await listenUdp(asked, receive).catch((error: NodeJS.ErrnoException) => {
    throw new Error(bindError('udp', formatAddress(asked), error), { cause: error });
  });
  log.debug(`Listening on UDP ${formatAddress({ host: udp.address.address, port: udp.address.port })}`);
  return udp;
}

/** How many buffers the memory is worth. They bound a batch here; Node has memory of its own for what it receives. */
function allocateBuffers(megabytes: number, log: Log): number {
  if (megabytes < leastMegabytes) {
    throw new Error(
      `Not enough Buffers Memory Allocated. Min Buffers Memory required: ${leastMegabytes} MB.`,
    );
  }
  const buffers = Math.floor(megabytes * buffersPerMegabyte);
  log.info(`Using buffer memory limit of ${megabytes} MB`);
  log.info(`${buffers} segment buffers allocated`);
  return buffers;
}

/** Those of the environment's chain or, with `-r`, of the role that they may assume. */
function credentialsFor(config: Config, env: NodeJS.ProcessEnv, region: string): CredentialProvider {
  const base = credentialProvider(env);
  if (!config.roleArn) return base;
  const client = new AwsClient({
    service: 'sts',
    endpoint: stsEndpoint(env, region, domainOf(region)),
    region,
    credentials: base,
    timeoutMilliseconds,
    connections: 1,
    verifyCertificate: true,
    // `-p` is for X-Ray alone; the variable is for every program.
    proxy: proxyOf(env['HTTPS_PROXY'] ?? ''),
  });
  return assumedRole({ client, roleArn: config.roleArn, now: Date.now });
}

/** Reads datagrams into the processor: what arrives in one turn of the event loop is batched in that turn. */
function createReceiver(processor: BatchProcessor, telemetry: Telemetry, log: Log) {
  let documents = 0;
  return {
    receive(bytes: Buffer) {
      telemetry.received();
      const datagram = readDatagram(bytes);
      if ('rejected' in datagram) {
        for (const line of datagram.rejected) log.warn(line);
        telemetry.rejected();
        return;
      }
      documents++;
      processor.add(datagram.document);
    },
    documents: () => documents,
  };
}

const schedule: Schedule = (callback, milliseconds) => {
  const timer = setTimeout(callback, milliseconds);
  return () => clearTimeout(timer);
};

const epochNanoseconds = () => BigInt(Date.now()) * 1_000_000n;

/** A TCP port that is taken does not stop AWS's daemon either: segments still arrive over UDP. */
function startProxy(config: Config, client: AwsClient, log: Log): Server {
  const { host, port } = parseAddress(config.tcp);
  const rules = { names: 'network', allowed: config.allowedHosts } as const;
  const proxy = createProxy(client, log, undefined, rules);
  log.info(`HTTP Proxy server using X-Ray Endpoint : ${config.endpoint || client.endpoint.origin}`);
  proxy.on('error', (error: NodeJS.ErrnoException) => {
    log.error(`proxy http server failed to listen: ${bindError('tcp', config.tcp, error)}`);
  });
  log.info(`Starting proxy http server on ${config.tcp}`);
  proxy.listen(port, host, () => {
    const bound = proxy.address();
    if (typeof bound === 'object' && bound)
      log.debug(`Listening on TCP ${formatAddress({ host: bound.address, port: bound.port })}`);
  });
  return proxy;
}

function closeProxy(proxy: Server): Promise<void> {
  if (!proxy.listening) return Promise.resolve();
  return new Promise((resolve) => {
    proxy.close(() => resolve());
    proxy.closeIdleConnections();
    setTimeout(() => proxy.closeAllConnections(), 1000).unref();
  });
}

/** Go's words for an address that cannot be bound. */
function bindError(network: 'udp' | 'tcp', address: string, error: NodeJS.ErrnoException): string {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'address already in use',
    EADDRNOTAVAIL: 'cannot assign requested address',
    EACCES: 'permission denied',
  };
  return `listen ${network} ${address}: bind: ${reasons[error.code ?? ''] ?? error.message}`;
}
