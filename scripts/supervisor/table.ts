/**
 * Every process of the lab, in one table: what it is, the program it runs, where it listens, the environment it gets.
 * Both set-ups read it: `npm start` runs all of them under one supervisor, a container of docker-compose one each.
 */
import { isAbsolute, join, relative, sep } from 'node:path';
import { daemonCredentials } from './identities.ts';

export interface ProcessDefinition {
  name: string;
  role: string;
  program: string;
  port: number;
  /** How its health is asked: `GET /health`, a datagram that comes back, or the first word of PostgreSQL's protocol. */
  health: 'http' | 'daemon' | 'postgres';
  /** Part of the shop: runs from the folder the learner edits and restarts when its sources change. */
  shop: boolean;
  /** Variables of its own, over those of the set-up; `${NAME}` in one stands for the set-up's variable of that name. */
  variables?: Readonly<Record<string, string>>;
  /** Not needed every day: it starts when somebody asks for it. */
  optional?: true;
  /** Started before it when a person starts it. */
  needs?: readonly string[];
  /** Flags of its Node, besides everybody's. */
  nodeFlags?: readonly string[];
  /**
   * Started again by itself when it ends unasked, a few times: while it is away nobody can switch a fault off. All others stay
   * down, for a learner to see.
   */
  comesBack?: true;
  /** Carries thousands of documents a second under load, so its speed matters more than its memory. */
  hurried?: true;
}

const DAEMON = 'xray/daemon/main.ts';

const shopService = (name: string, port: number, role: string): ProcessDefinition => ({
  name,
  role,
  program: `services/${name}/main.ts`,
  port,
  health: 'http',
  shop: true,
});

/** In the order in which they start and appear; they stop in the opposite order, so that the daemon drains late. */
export const processTable: readonly ProcessDefinition[] = [
  {
    name: 'xray-api',
    role: 'the X-Ray API',
    program: 'xray/api/main.ts',
    port: 2001,
    health: 'http',
    shop: false,
    hurried: true,
  },
  {
    name: 'xray-daemon',
    role: 'the X-Ray daemon',
    program: DAEMON,
    port: 2000,
    health: 'daemon',
    shop: false,
    hurried: true,
    // The host is who telemetry is told to be from.
    variables: { ...daemonCredentials, AWS_HOSTNAME: 'xray-daemon' },
  },
  {
    name: 'dynamodb',
    role: 'DynamoDB with enforced capacity',
    program: 'dynamodb/main.ts',
    port: 8000,
    health: 'http',
    shop: true,
  },
  shopService('payment-provider', 8090, 'the third party that takes the money'),
  shopService('auth', 8081, 'sessions and tokens'),
  shopService('inventory', 8084, 'stock'),
  shopService('payment', 8083, 'charges'),
  shopService('notification', 8085, 'messages to customers'),
  shopService('order', 8082, 'orders'),
  shopService('gateway', 8080, 'the shop’s front door'),
  {
    name: 'inventory-2',
    role: 'a second replica of inventory',
    program: 'services/inventory/main.ts',
    port: 8086,
    health: 'http',
    shop: true,
    optional: true,
  },
  {
    name: 'legacy-daemon',
    role: 'the X-Ray daemon of the on-premises host',
    program: DAEMON,
    port: 2010,
    health: 'daemon',
    shop: false,
    optional: true,
    variables: { ...daemonCredentials, AWS_HOSTNAME: 'legacy-daemon' },
  },
  {
    name: 'legacy-database',
    role: 'PostgreSQL on the on-premises host',
    program: 'services/legacy-database/main.ts',
    port: 5434,
    health: 'postgres',
    shop: true,
    optional: true,
    // V8 would compile PostgreSQL's WebAssembly a second time, better, and hold 800 MB meanwhile.
    nodeFlags: ['--liftoff-only'],
    variables: { DATABASE_TEMPLATE: '${LEGACY_DATABASE_TEMPLATE}' },
  },
  {
    ...shopService('legacy-pricing', 8091, 'price history, on premises'),
    optional: true,
    needs: ['legacy-database', 'legacy-daemon'],
    // The SDK looks into pg's queue, which pg 8 deprecates at each start.
    nodeFlags: ['--no-deprecation'],
    variables: { AWS_XRAY_DAEMON_ADDRESS: '${LEGACY_DAEMON_ADDRESS}', XRAY_PLUGINS: 'none' },
  },
  {
    name: 'lab',
    role: 'site, console and control plane',
    program: 'labs/server/main.ts',
    port: 4321,
    health: 'http',
    shop: false,
    comesBack: true,
  },
];

/** The supervisor's own port: the control plane asks it to stop and start processes. */
export const SUPERVISOR_PORT = 4322;

export interface SetUp {
  /** The repository. */
  root: string;
  /** Folder of the shop's sources; a proof runs the lab on a scratch copy of it. */
  sampleApp: string;
  /** Folder for state and logs. */
  home: string;
  /** Added to every port. */
  portOffset: number;
  /** The address everything listens on. */
  host: string;
}

/** Reads the set-up from `LAB_*` variables. A bad value is an error that names the variable. */
export function setUpFromEnvironment(root: string, environment: NodeJS.ProcessEnv): SetUp {
  const offset = environment.LAB_PORT_OFFSET ?? '0';
  if (!/^\d{1,5}$/.test(offset) || Number(offset) > 50_000) {
    throw new Error(
      `LAB_PORT_OFFSET is "${offset}". Give a whole number from 0 to 50000: it is added to every port.`,
    );
  }
  return {
    root,
    sampleApp: environment.LAB_SAMPLE_APP ?? join(root, 'sample-app'),
    home: environment.LAB_HOME ?? join(root, '.lab'),
    portOffset: Number(offset),
    host: environment.LAB_HOST ?? '127.0.0.1',
  };
}

export const portOf = (definition: { port: number }, setUp: SetUp) => definition.port + setUp.portOffset;

export function programOf(definition: ProcessDefinition, setUp: SetUp): string {
  return join(definition.shop ? setUp.sampleApp : setUp.root, definition.program);
}

/**
 * A file as a person finds it, from the repository's folder and with `/`, also where the shop runs from a copy elsewhere.
 * Undefined for what is not ours: a package, Node itself, another folder.
 */
export function nameInRepository(path: string, { root, sampleApp }: Pick<SetUp, 'root' | 'sampleApp'>) {
  const below = (folder: string) => {
    const rest = relative(folder, path);
    return rest === '' || rest.startsWith('..') || isAbsolute(rest) ? undefined : rest.split(sep).join('/');
  };
  if (!isAbsolute(path) || path.split(sep).includes('node_modules')) return undefined;
  const inShop = below(sampleApp);
  return inShop === undefined ? below(root) : `sample-app/${inShop}`;
}

/** Where a person reaches it. */
export function addressOf(definition: ProcessDefinition, setUp: SetUp): string {
  const scheme = { http: 'http', daemon: 'udp+tcp', postgres: 'postgres' }[definition.health];
  return `${scheme}://127.0.0.1:${portOf(definition, setUp)}`;
}

/** The row of a process that is known to be in the table. */
export const processNamed = (name: string): ProcessDefinition =>
  processTable.find((definition) => definition.name === name)!;

const shopPrograms = processTable.filter(({ program }) => program.startsWith('services/'));

/** The variables that say where everything is: the same names in both set-ups, other hosts. */
export function sharedEnvironment(setUp: SetUp, hostOf: (name: string) => string): Record<string, string> {
  const address = (name: string) => `${hostOf(name)}:${portOf(processNamed(name), setUp)}`;
  const url = (name: string) => `http://${address(name)}`;
  const services = shopPrograms.filter(({ health }) => health === 'http');
  return {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    // Nobody asks the instance that the lab may run on: its region and its name are not the lab's.
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL_XRAY: url('xray-api'),
    AWS_ENDPOINT_URL_DYNAMODB: url('dynamodb'),
    AWS_XRAY_DAEMON_ADDRESS: address('xray-daemon'),
    LEGACY_DAEMON_ADDRESS: address('legacy-daemon'),
    LEGACY_DATABASE_URL: `postgres://pricing@${address('legacy-database')}/pricing`,
    ...Object.fromEntries(
      services.map(({ name }) => [`${name.toUpperCase().replace('-', '_')}_URL`, url(name)]),
    ),
  };
}

/** Where set-up leaves a filled database of the on-premises host, which every lab begins with a copy of. */
export const legacyDatabaseTemplate = ({ root }: Pick<SetUp, 'root'>): string =>
  join(root, '.runtime', 'legacy-database');

/** The environment under `npm start`: one machine, so each service name stands for the loopback address. */
export function localEnvironment(setUp: SetUp): Record<string, string> {
  const isService = (name: string) => shopPrograms.some((service) => service.name === name);
  return {
    ...sharedEnvironment(setUp, (name) => (isService(name) ? name : '127.0.0.1')),
    LEGACY_DATABASE_TEMPLATE: legacyDatabaseTemplate(setUp),
    HOST_ALIASES: shopPrograms.map(({ name }) => `${name}:127.0.0.1`).join(','),
    LAB_SET_UP: 'npm',
    LAB_SUPERVISORS: `http://127.0.0.1:${SUPERVISOR_PORT + setUp.portOffset}`,
    LAB_HOME: setUp.home,
    LAB_SAMPLE_APP: setUp.sampleApp,
    LAB_PORT_OFFSET: String(setUp.portOffset),
  };
}
