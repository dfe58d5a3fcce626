import type { InstanceMetadata } from './instance-metadata.ts';
import type { Log } from './log.ts';

export interface TelemetryIdentity {
  /** Each may be empty: X-Ray takes that for unknown. */
  EC2InstanceId: string;
  Hostname: string;
}

/**
 * Who reports: AWS_HOSTNAME and AWS_INSTANCE_ID, else what EC2 says. With `-o` EC2 is not asked; where its metadata are
 * switched off neither, and that is no error here: AWS's daemon logs one at each start.
 */
export async function telemetryIdentity(
  env: NodeJS.ProcessEnv,
  metadata: InstanceMetadata,
  localMode: boolean,
  log: Log,
): Promise<TelemetryIdentity> {
  const asksInstance = !localMode && !metadata.isDisabled;
  const Hostname = await hostname(env['AWS_HOSTNAME'], asksInstance, metadata, log);
  const EC2InstanceId = await instanceId(env['AWS_INSTANCE_ID'], asksInstance, metadata, log);
  return { EC2InstanceId, Hostname };
}

async function hostname(given: string | undefined, asks: boolean, metadata: InstanceMetadata, log: Log) {
  if (given) {
    log.debug(`Fetch hostname ${given} from environment variables`);
    return given;
  }
  if (!asks) {
    log.debug('No hostname set for telemetry records');
    return '';
  }
  try {
    const name = await metadata.get('hostname');
    log.debug(`Using ${name} hostname for telemetry records`);
    return name;
  } catch (error) {
    log.debug(`Get hostname metadata failed: ${(error as Error).message}`);
    return '';
  }
}

async function instanceId(given: string | undefined, asks: boolean, metadata: InstanceMetadata, log: Log) {
  if (given) {
    log.debug(`Fetch instance ID ${given} from environment variables`);
    return given;
  }
  if (!asks) {
    log.debug('No Instance Id set for telemetry records');
    return '';
  }
  try {
    const id = await metadata.get('instance-id');
    log.debug(`Using ${id} Instance Id for Telemetry records`);
    return id;
  } catch (error) {
    log.error(`Get instance id metadata failed: ${(error as Error).message}`);
    return '';
  }
}
