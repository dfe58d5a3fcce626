import { hostname } from 'node:os';
import type { Server } from 'node:http';
import { formatAddress } from './address.ts';
import { BatchProcessor, largestBatch, type Schedule } from './batch-processor.ts';
import { SegmentBuffer } from './buffer.ts';
import type { Config } from './config.ts';
import type { CredentialProvider } from './credentials.ts';
import { readDatagram } from './datagram.ts';
import type { Log } from './log.ts';
import { createProxy } from './proxy.ts';
import { Telemetry, telemetryMilliseconds } from './telemetry.ts';
import { listenUdp } from './udp.ts';
import { UploadQueue } from './upload-queue.ts';
import { uploader } from './uploader.ts';
import { daemonVersion, userAgent } from './version.ts';
import { XRayClient } from './xray-client.ts';

/** AWS's daemon waits this long for an answer. */
const timeoutMilliseconds = 2000;

/** A buffer holds one datagram of at most 64 KB. */
const buffersPerMegabyte = 1024 / 64;

/** Room in the ring between socket and batch processor, at least. */
const smallestRing = 250;

export interface Daemon {
  /** Sends what has been received, reports a last time, closes both ports. `signal` as Go calls it. */
  stop(signal: string): Promise<void>;
}

/**
 * Starts the daemon: UDP datagrams → buffer → batches → signed PutTraceSegments, the TCP proxy, telemetry.
 * Rejects when the UDP address cannot be bound.
 */
export async function startDaemon(
  config: Config,
  credentials: CredentialProvider,
  env: NodeJS.ProcessEnv,
  log: Log,
): Promise<Daemon> {
  const buffers = Math.floor(config.bufferMegabytes * buffersPerMegabyte);
  log.info(`Initializing AWS X-Ray daemon ${daemonVersion}`);
  log.info(`Using buffer memory limit of ${config.bufferMegabytes} MB`);
  log.info(`${buffers} segment buffers allocated`);
  log.info(`Using region: ${config.region}`);
  if (config.roleArn)
    log.warn('-r is accepted, but no role is assumed: segments are signed with the base credentials.');
  if (config.proxyAddress) log.warn('-p is accepted, but no proxy is used: the endpoint is called directly.');

  const client = new XRayClient({
    endpoint: config.endpoint,
    region: config.region,
    credentials,
    timeoutMilliseconds,
    connections: config.concurrency,
    verifyCertificate: config.verifyCertificate,
  });
  const agent = userAgent(env['AWS_EXECUTION_ENV']);
  const telemetry = new Telemetry({
    client,
    log,
    now: () => Date.now() / 1000,
    userAgent: agent,
    identity: {
      EC2InstanceId: env['AWS_INSTANCE_ID'] ?? '',
      Hostname: env['AWS_HOSTNAME'] ?? hostname(),
      ResourceARN: config.resourceArn,
    },
  });
  const queue = new UploadQueue({
    concurrency: config.concurrency,
    upload: uploader({
      client,
      log,
      telemetry,
      userAgent: agent,
      now: () => performance.timeOrigin + performance.now(),
    }),
    log,
    onSpill: (segments) => telemetry.spilled(segments),
  });
  const size = Math.min(largestBatch, buffers);
  log.debug(`Batch size: ${size}`);
  const processor = new BatchProcessor({ size, send: (batch) => queue.add(batch), log, schedule });
  const receiver = createReceiver(
    new SegmentBuffer(Math.max(smallestRing, buffers), log, () => telemetry.spilled(1)),
    processor,
    telemetry,
    log,
  );

  const udp = await listenUdp(config.udp, receiver.receive);
  log.debug(`Listening on UDP ${formatAddress({ host: udp.address.address, port: udp.address.port })}`);
  const proxy = startProxy(config, client, log);
  const timer = setInterval(() => void telemetry.report(), telemetryMilliseconds);

  return {
    async stop(signal) {
      log.info(`Got shutdown signal: ${signal}`);
      clearInterval(timer);
      await udp.close();
      receiver.drain();
      processor.stop();
      await queue.idle();
      await telemetry.report();
      await closeProxy(proxy);
      client.close();
      const { received, truncated, processed } = receiver.counts();
      log.debug(`Trace segment: received: ${received}, truncated: ${truncated}, processed: ${processed}`);
      log.debug(`Shutdown finished. Current epoch in nanoseconds: ${BigInt(Date.now()) * 1_000_000n}`);
    },
  };
}

/** Reads datagrams into the buffer, and empties the buffer once per turn of the event loop. */
function createReceiver(buffer: SegmentBuffer, processor: BatchProcessor, telemetry: Telemetry, log: Log) {
  let received = 0;
  let processed = 0;
  let isScheduled = false;

  const drain = () => {
    isScheduled = false;
    for (const document of buffer.drain()) {
      processed++;
      processor.add(document);
    }
  };

  const receive = (bytes: Buffer) => {
    telemetry.received();
    const datagram = readDatagram(bytes);
    if ('rejected' in datagram) {
      log.warn(datagram.rejected);
      telemetry.rejected();
      return;
    }
    received++;
    buffer.add(datagram.document);
    if (!isScheduled) {
      isScheduled = true;
      setImmediate(drain);
    }
  };

  return { receive, drain, counts: () => ({ received, truncated: received - processed, processed }) };
}

const schedule: Schedule = (callback, milliseconds) => {
  const timer = setTimeout(callback, milliseconds);
  return () => clearTimeout(timer);
};

/** A TCP port that is taken does not stop AWS's daemon either: segments still arrive over UDP. */
function startProxy(config: Config, client: XRayClient, log: Log): Server {
  const address = formatAddress(config.tcp);
  const proxy = createProxy(client, log);
  log.info(`HTTP Proxy server using X-Ray Endpoint : ${config.endpoint.origin}`);
  proxy.on('error', (error: NodeJS.ErrnoException) => {
    log.error(`proxy http server failed to listen: ${bindError('tcp', address, error)}`);
  });
  log.info(`Starting proxy http server on ${address}`);
  proxy.listen(config.tcp.port, config.tcp.host, () => {
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
export function bindError(network: 'udp' | 'tcp', address: string, error: NodeJS.ErrnoException): string {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'address already in use',
    EADDRNOTAVAIL: 'cannot assign requested address',
    EACCES: 'permission denied',
  };
  return `listen ${network} ${address}: bind: ${reasons[error.code ?? ''] ?? error.message}`;
}
