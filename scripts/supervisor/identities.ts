import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
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
];

/**
 * Puts the account's identities into the lab's folder, unless there are some already: they are the learner's to
 * change. X-Ray looks at them only while it asks for signatures (`XRAY_AUTH=on`).
 */
export function writeIdentities(home: string): void {
  const path = join(home, 'identities.json');
  if (existsSync(path)) return;
  mkdirSync(home, { recursive: true });
  writeFileSync(path, `${JSON.stringify({ identities }, null, 2)}\n`);
}
