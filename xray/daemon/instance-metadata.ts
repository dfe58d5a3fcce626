import http from 'node:http';

/** Long enough for a service on the same machine; where there is none, nothing answers. */
const timeoutMilliseconds = 1000;

const tokenSeconds = 300;

/**
 * EC2's instance metadata, version 2 with its tokens, version 1 where an instance (or what stands in for it) gives none.
 * The AWS SDKs' variables move it (AWS_EC2_METADATA_SERVICE_ENDPOINT) and switch it off (AWS_EC2_METADATA_DISABLED).
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
 */
export class InstanceMetadata {
  readonly isDisabled: boolean;
  readonly #endpoint: string;
  #token: Promise<string> | undefined;

  constructor(env: NodeJS.ProcessEnv) {
    this.isDisabled = env['AWS_EC2_METADATA_DISABLED']?.toLowerCase() === 'true';
    const isIpv6 = env['AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE']?.toLowerCase() === 'ipv6';
    this.#endpoint = (
      env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] ||
      (isIpv6 ? 'http://[fd00:ec2::254]' : 'http://169.254.169.254')
    ).replace(/\/$/, '');
  }

  /** `hostname`, `instance-id`. Rejects with the words of the AWS SDK for Go. */
  async get(item: string): Promise<string> {
    return this.#ask('GetMetadata', `/latest/meta-data/${item}`);
  }

  /** Rejects with the words of the AWS SDK for Go. */
  async region(): Promise<string> {
    const { region } = JSON.parse(await this.#ask('GetRegion', '/latest/dynamic/instance-identity/document'));
    if (typeof region !== 'string' || !region)
      throw new Error('operation error ec2imds: GetRegion, region not found');
    return region;
  }

  async #ask(operation: string, path: string): Promise<string> {
    if (this.isDisabled) {
      throw new Error(
        `operation error ec2imds: ${operation}, access disabled to EC2 IMDS via client option, ` +
          'or "AWS_EC2_METADATA_DISABLED" environment variable',
      );
    }
    try {
      this.#token ??= this.#newToken();
      const token = await this.#token;
      return await this.#exchange('GET', path, token ? { 'x-aws-ec2-metadata-token': token } : {});
    } catch (error) {
      this.#token = undefined;
      throw new Error(`operation error ec2imds: ${operation}, ${(error as Error).message}`, { cause: error });
    }
  }

  /** Empty where only version 1 is answered: the SDK then goes on without. */
  async #newToken(): Promise<string> {
    try {
      return await this.#exchange('PUT', '/latest/api/token', {
        'x-aws-ec2-metadata-token-ttl-seconds': String(tokenSeconds),
        'content-length': '0',
      });
    } catch (error) {
      if (error instanceof NotAnswered && [403, 404, 405].includes(error.status)) return '';
      throw error;
    }
  }

  #exchange(method: string, path: string, headers: Record<string, string>): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const url = this.#endpoint + path;
    const request = http.request(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        clearTimeout(timer);
        if (response.statusCode === 200) resolve(Buffer.concat(chunks).toString());
        else reject(new NotAnswered(response.statusCode ?? 0));
      });
    });
    const timer = setTimeout(
      () => request.destroy(new Error('request canceled, context deadline exceeded')),
      timeoutMilliseconds,
    );
    request.on('error', (error) => {
      clearTimeout(timer);
      reject(new Error(`request send failed, ${method} "${url}": ${error.message}`));
    });
    request.end();
    return promise;
  }
}

class NotAnswered extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`http response error StatusCode: ${status}, request to EC2 IMDS failed`);
    this.status = status;
  }
}
