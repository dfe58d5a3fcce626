import { Router } from 'express';
import type { LabEnvironment, LabProcess, LabStatus } from './contract.ts';
import type { FaultEngine } from './faults/engine.ts';
import { isAsItShouldBe, type Processes } from './processes.ts';
import type { Settings } from './settings.ts';
import type { TrafficControl } from './traffic.ts';

/** The addresses a learner's own programs use; in compose they differ from the ones between containers. */
export function learnerEndpoints({ portOffset }: Pick<Settings, 'portOffset'>): LabStatus['endpoints'] {
  const at = (port: number) => `http://127.0.0.1:${port + portOffset}`;
  return {
    site: at(4321),
    gateway: at(8080),
    xray: at(2001),
    daemon: `127.0.0.1:${2000 + portOffset}`,
    dynamodb: at(8000),
  };
}

/**
 * The variables that aim plain `aws` and any AWS SDK at this lab. `AWS_DEFAULT_REGION` is there for the AWS CLI 1
 * and boto3, which do not know `AWS_REGION`.
 */
export function labEnvironment(settings: Settings): LabEnvironment {
  const endpoints = learnerEndpoints(settings);
  return {
    variables: {
      AWS_ENDPOINT_URL_XRAY: endpoints.xray,
      AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
      AWS_REGION: settings.region,
      AWS_DEFAULT_REGION: settings.region,
      AWS_ACCESS_KEY_ID: settings.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: settings.credentials.secretAccessKey,
      AWS_XRAY_DAEMON_ADDRESS: endpoints.daemon,
    },
  };
}

/** Memory of all processes that report theirs, bytes. */
export const memoryBytesOf = (processes: readonly LabProcess[]) =>
  processes.reduce((sum, { memoryBytes = 0 }) => sum + memoryBytes, 0);

/** Health, status and environment. */
export function statusRoutes(
  settings: Settings,
  processes: Processes,
  engine: FaultEngine,
  traffic: TrafficControl,
): Router {
  const routes = Router();

  routes.get('/lab/status', async (_request, response) => {
    const all = await processes.list();
    const status: LabStatus = {
      version: settings.version,
      setUp: settings.setUp,
      ready: all.length > 0 && all.every(isAsItShouldBe),
      processes: all,
      faults: engine.active(),
      traffic: traffic.snapshot(),
      memoryBytes: memoryBytesOf(all),
      endpoints: learnerEndpoints(settings),
      region: settings.region,
      dataFolder: settings.home,
    };
    response.json(status);
  });

  routes.get('/lab/env', (_request, response) => {
    response.json(labEnvironment(settings));
  });

  return routes;
}
