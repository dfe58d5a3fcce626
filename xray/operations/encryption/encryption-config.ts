import { isSettling } from '../settling.ts';
import type { OperationContext } from '../operation.ts';

/** The wire shape of the account's encryption. X-Ray encrypts by itself until told otherwise. */
export function encryptionConfig({ store, now }: OperationContext) {
  const encryption = store.settings.get('encryption');
  if (!encryption) return { Status: 'ACTIVE', Type: 'NONE' };
  const { type, keyArn, changedAt } = encryption;
  return {
    ...(keyArn === undefined ? {} : { KeyId: keyArn }),
    Status: isSettling(changedAt, now()) ? 'UPDATING' : 'ACTIVE',
    Type: type,
  };
}
