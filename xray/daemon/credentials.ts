export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** Rejects when there are none, with what the AWS SDK for Go says of it. */
export type CredentialProvider = () => Promise<Credentials>;

/**
 * Credentials from the environment or, where it names none, from AWS's usual chain (profiles, containers, instances).
 * The chain's code is loaded only then: it is larger than the rest of the daemon.
 */
export function credentialProvider(env: NodeJS.ProcessEnv): CredentialProvider {
  const accessKeyId = env['AWS_ACCESS_KEY_ID'] || env['AWS_ACCESS_KEY'];
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY'] || env['AWS_SECRET_KEY'];
  if (accessKeyId && secretAccessKey) {
    const sessionToken = env['AWS_SESSION_TOKEN'];
    const credentials = { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
    return () => Promise.resolve(credentials);
  }

  let chain: Promise<CredentialProvider> | undefined;
  return async () => {
    chain ??= import('@aws-sdk/credential-provider-node').then(({ defaultProvider }) => defaultProvider());
    try {
      return await (
        await chain
      )();
    } catch (error) {
      // The last place of the chain gives the sentence its start, there as here.
      throw new Error(`no EC2 IMDS role found, ${(error as Error).message}`);
    }
  };
}
