import type { Primitive } from '@xray-lab/sample-app/faults';
import { withAlias } from '../addresses.ts';
import type { Processes } from '../processes.ts';
import type { Settings } from '../settings.ts';
import type { XRay } from '../xray/client.ts';
import { createClientTarget, type ClientPrimitive } from './client-target.ts';
import { createPlanTarget } from './plan-target.ts';
import { createProcessTarget } from './process-target.ts';
import { createSamplingRuleTarget } from './sampling-rule-target.ts';
import { createSlowLink } from './slow-link.ts';
import { createCapacityTarget, dynamodbCapacity, type Capacity } from './table-capacity.ts';
import type { FaultTarget } from './target.ts';

export interface TargetOptions {
  settings: Settings;
  /** Table → its normal capacity. */
  tables: Readonly<Record<string, Capacity>>;
  processes: Processes;
  xray: XRay;
  /** Begins to send what an extra client sends; returns the function that ends it. */
  come: (client: ClientPrimitive) => () => void;
}

/** Processes that run only when something needs them, and may therefore be started by a fault. */
const OPTIONAL = ['inventory-2', 'legacy-database', 'legacy-daemon', 'legacy-pricing'];

/** Everything faults can act on in a running lab, and the function that takes down what was put up for them. */
export function faultTargets({ settings, tables, processes, xray, come }: TargetOptions): {
  targets: FaultTarget[];
  close(): void;
} {
  const nearHost = settings.setUp === 'compose' ? 'lab' : '127.0.0.1';
  const link = createSlowLink(settings.xrayEndpoint, settings.host, nearHost);
  const capacity = dynamodbCapacity({
    endpoint: settings.dynamodbEndpoint,
    region: settings.region,
    accessKeyId: settings.credentials.accessKeyId,
  });
  const services = Object.entries(settings.services);
  const others = ['xray-daemon', 'xray-api', 'dynamodb', 'legacy-daemon', 'legacy-database'];
  const names = [...services.map(([name]) => name), ...others];

  const targets = [
    ...services.map(([name, url]) =>
      createPlanTarget(name, withAlias(url, settings.aliases), undefined, serviceOf(name)),
    ),
    createPlanTarget('dynamodb', settings.dynamodbEndpoint, isAppliedByDynamodb),
    ...Object.entries(tables).map(([table, normal]) => createCapacityTarget(table, normal, capacity)),
    ...names.map((name) => createProcessTarget(name, !OPTIONAL.includes(name), processes, link)),
    createSamplingRuleTarget(xray),
    createClientTarget(come),
  ];
  return { targets, close: () => link.close() };
}

/** The second replica of inventory is called inventory-2, and is inventory. */
const serviceOf = (name: string) => name.replace(/-\d+$/, '');

const isAppliedByDynamodb = ({ kind }: Primitive) => kind === 'partition-capacity' || kind === 'deny';
