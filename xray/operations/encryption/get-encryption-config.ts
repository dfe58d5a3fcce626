import { z } from 'zod';
import { operation } from '../operation.ts';
import { encryptionConfig } from './encryption-config.ts';

export const getEncryptionConfig = operation({
  name: 'GetEncryptionConfig',
  path: '/EncryptionConfig',
  input: z.object({}),

  run: (context) => ({ EncryptionConfig: encryptionConfig(context) }),
});
