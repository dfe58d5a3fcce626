export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** Rejects when there are none. */
export type CredentialProvider = () => Promise<Credentials>;

/**
 * Credentials from the environment or, where it names none, from AWS's usual chain (profiles, containers, instances).
 * The chain's code is loaded only then: it is larger than the rest of the daemon.
 */
export function credentialProvider(env: NodeJS.ProcessEnv): CredentialProvider {
  const accessKeyId = env['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY'];
  if (accessKeyId && secretAccessKey) {
    const sessionToken = env['AWS_SESSION_TOKEN'];
    const credentials = { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
    return () => Promise.resolve(credentials);
  }

  let chain: Promise<CredentialProvider> | undefined;
  return async () => {
    chain ??= import('@aws-sdk/credential-provider-node').then(({ defaultProvider }) => defaultProvider());
    return (await chain)();
  };
}
