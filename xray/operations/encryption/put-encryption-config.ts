import { createHash } from 'node:crypto';
import { z } from 'zod';
import { invalidRequest } from '../../errors.ts';
import { operation, type OperationContext } from '../operation.ts';
import { encryptionConfig } from './encryption-config.ts';

/** The setting is kept and shown; the local store itself is not encrypted. */
export const putEncryptionConfig = operation({
  name: 'PutEncryptionConfig',
  path: '/PutEncryptionConfig',
  input: z.object({ Type: z.enum(['NONE', 'KMS']), KeyId: z.string().min(1).max(3000).optional() }),

  run(context, { Type, KeyId }) {
    const changedAt = context.now();
    if (Type === 'NONE') {
      if (KeyId !== undefined) throw invalidRequest('KeyId goes with Type KMS. Leave it out for Type NONE.');
      context.store.settings.set('encryption', { type: Type, changedAt });
    } else {
      if (KeyId === undefined) throw invalidRequest('Type KMS needs a KeyId: the key to encrypt with.');
      context.store.settings.set('encryption', { type: Type, keyArn: keyArn(context, KeyId), changedAt });
    }
    return { EncryptionConfig: encryptionConfig(context) };
  },
});

const keyId = '(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32})';
const kmsArn = String.raw`arn:aws[\w-]*:kms:[\w-]+:\d{12}`;
const [bareKey, fullKey] = [new RegExp(`^${keyId}$`), new RegExp(`^${kmsArn}:key/${keyId}$`)];
const alias = new RegExp(`^(?<account>${kmsArn}:)?(?<name>alias/[\\w/-]+)$`);

/**
 * The key's ARN, as X-Ray always shows it. There is no KMS here to say which key an alias stands for, so the alias
 * gets a key id of its own, the same one each time.
 */
function keyArn({ region, accountId }: OperationContext, given: string): string {
  const account = `arn:aws:kms:${region}:${accountId}:`;
  if (fullKey.test(given)) return given;
  if (bareKey.test(given)) return `${account}key/${given}`;
  const match = alias.exec(given)?.groups;
  if (!match) throw invalidRequest(`KeyId ${given} is no key id, no alias and no ARN of either.`);
  const owner = match['account'] ?? account;
  const digits = createHash('sha256').update(`${owner}${match['name']}`).digest('hex');
  const id = digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
  return `${owner}key/${id}`;
}
