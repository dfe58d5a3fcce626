/**
 * Builds AWS SDK clients that talk to a local AWS when one is configured, and to AWS when none is:
 * what `localstack_client` does for Python.
 */
interface ClientConfig {
  endpoint?: string;
  region?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
  requestHandler?: { connectionTimeout: number; requestTimeout: number; throwOnRequestTimeout: boolean };
}

/** Anything works as credentials for a local endpoint; it only has to be there to sign with. */
const localCredentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/**
 * `localstackClient(DynamoDBClient, 'dynamodb', { maxAttempts: 2 })`. The endpoint is taken from
 * `AWS_ENDPOINT_URL_DYNAMODB`, else from `AWS_ENDPOINT_URL`; with neither, the client is AWS's own.
 * Each attempt may take a second to connect and three to answer.
 */
export function localstackClient<Config extends object, Client>(
  Client: new (config: Config) => Client,
  service: string,
  config: Config,
  environment: NodeJS.ProcessEnv = process.env,
): Client {
  const endpoint = environment[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] || environment.AWS_ENDPOINT_URL;
  const local: ClientConfig = {
    requestHandler: { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true },
  };
  if (endpoint) {
    local.endpoint = endpoint;
    local.region = environment.AWS_REGION || environment.AWS_DEFAULT_REGION || 'us-east-1';
    if (!environment.AWS_ACCESS_KEY_ID) local.credentials = localCredentials;
  }
  return new Client({ ...local, ...config });
}
