import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The credentials of the daemon, which may do less than the learner's. */
export const daemonCredentials = {
  AWS_ACCESS_KEY_ID: 'xray-daemon',
  AWS_SECRET_ACCESS_KEY: 'xray-daemon-secret',
} as const;

/** Who there is in the lab's account, and what they may do; `xray/iam/README.md` describes the file. */
const identities = [
  {
    accessKeyId: 'local',
    secretAccessKey: 'local',
    user: 'learner',
    managedPolicies: ['AWSXrayFullAccess'],
  },
  {
    accessKeyId: daemonCredentials.AWS_ACCESS_KEY_ID,
    secretAccessKey: daemonCredentials.AWS_SECRET_ACCESS_KEY,
    role: 'xray-daemon',
    managedPolicies: ['AWSXRayDaemonWriteAccess'],
  },
  {
    accessKeyId: 'monitoring',
    secretAccessKey: 'monitoring-secret',
    role: 'monitoring',
    managedPolicies: ['AWSXrayReadOnlyAccess'],
  },
  {
    accessKeyId: 'uploader',
    secretAccessKey: 'uploader-secret',
    role: 'uploader',
    policies: [
      {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], Resource: '*' },
        ],
      },
    ],
  },
  {
    accessKeyId: 'reporter',
    secretAccessKey: 'reporter-secret',
    role: 'reporter',
    policies: [
      {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: [
              'xray:PutTelemetryRecords',
              'xray:GetSamplingRules',
              'xray:GetSamplingTargets',
              'xray:GetSamplingStatisticSummaries',
            ],
            Resource: '*',
          },
        ],
      },
    ],
  },
];

/** Faults give these to daemons: a daemon that nobody knows would fail in another way than the fault says. */
const neededByFaults = ['uploader', 'reporter'];

/**
 * Puts the account's identities into the lab's folder, unless there are some already: they are the learner's to
 * change, and only what faults need is added to them. X-Ray looks at them only while it asks for signatures
 * (`XRAY_AUTH=on`).
 */
export function writeIdentities(home: string): void {
  const path = join(home, 'identities.json');
  const isNew = !existsSync(path);
  const present = isNew ? [] : presentIn(path);
  // A file that can't be read is told by the X-Ray API, with the line.
  if (present === undefined) return;
  const known = new Set(present.map((one) => one?.accessKeyId));
  const missing = identities.filter(
    ({ accessKeyId }) => (isNew || neededByFaults.includes(accessKeyId)) && !known.has(accessKeyId),
  );
  if (missing.length === 0) return;
  mkdirSync(home, { recursive: true });
  writeFileSync(path, `${JSON.stringify({ identities: [...present, ...missing] }, null, 2)}\n`);
}

/** The identities of a file; undefined when it does not hold any. */
function presentIn(path: string): ({ accessKeyId?: unknown } | null)[] | undefined {
  try {
    const { identities } = JSON.parse(readFileSync(path, 'utf8')) as { identities?: unknown };
    return Array.isArray(identities) ? (identities as { accessKeyId?: unknown }[]) : undefined;
  } catch {
    return undefined;
  }
}
