import type { FactItem } from '../types.ts';

const GUIDE = 'https://docs.aws.amazon.com/xray/latest/devguide';
const ECS = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide';

/** Who may send and read traces. */
export const access: readonly FactItem[] = [
  {
    id: '4.1-S06',
    c02: '4.1',
    c03: '4.1',
    type: 'single',
    difficulty: 'hard',
    facts: ['H01', 'H04', 'H13'],
    stem: 'The daemon runs as a sidecar in an ECS task. Its log says AccessDeniedException for PutTraceSegments, although the policy allows that action on the ARN of a group. What repairs it?',
    options: [
      {
        text: 'Allow the action on * in the task role',
        correct: true,
        why: 'The daemon container uses the task role, and the action supports no resource-level permission.',
        doc: `${GUIDE}/security_iam_service-with-iam.html`,
      },
      {
        text: 'Allow the action on * in the execution role',
        correct: false,
        family: 'W16',
        why: 'The execution role is for the agent, to pull images and to send logs.',
        doc: `${ECS}/task_execution_IAM_role.html`,
      },
      {
        text: 'Attach AWSXrayReadOnlyAccess to the task role',
        correct: false,
        family: 'W16',
        why: 'That policy is for people who look at traces; it does not allow PutTraceSegments.',
        doc: `${GUIDE}/security_iam_id-based-policy-examples.html`,
      },
      {
        text: 'Encrypt the traces with a key of the account',
        correct: false,
        family: 'W28',
        why: 'Encryption at rest decides who can decrypt, not who may call the API.',
        doc: `${GUIDE}/xray-console-encryption.html`,
      },
    ],
  },
];
