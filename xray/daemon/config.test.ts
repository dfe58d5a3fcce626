import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfigFile } from './config-file.ts';
import { resolveConfig } from './config.ts';

const gigabytes = 1024 ** 3;
const env = { AWS_REGION: 'us-east-1' };

test('without flags, file and variables beyond the region the daemon is as AWS ships it', () => {
  assert.deepEqual(resolveConfig({}, {}, env, 8 * gigabytes), {
    udp: { host: '127.0.0.1', port: 2000 },
    tcp: { host: '127.0.0.1', port: 2000 },
    region: 'us-east-1',
    endpoint: new URL('https://xray.us-east-1.amazonaws.com'),
    resourceArn: '',
    roleArn: '',
    proxyAddress: '',
    logLevel: 'prod',
    logFile: '',
    bufferMegabytes: 81,
    concurrency: 8,
    verifyCertificate: true,
  });
});

test('flags win over the file, and the file over the environment', async () => {
  const file = await parseConfigFile(`
    Version: 2
    Region: eu-west-1
    Endpoint: http://127.0.0.1:2001
    Concurrency: 2
    TotalBufferSizeMB: 24
    LocalMode: true
    Socket:
      UDPAddress: "127.0.0.1:3000"
      TCPAddress: "127.0.0.1:3001"
    Logging:
      LogLevel: warn
  `);
  const variables = { ...env, AWS_ENDPOINT_URL_XRAY: 'http://elsewhere', XRAY_DAEMON_BIND: '127.0.0.1:9' };
  const config = resolveConfig(
    { bind: '0.0.0.0:4000', 'log-level': 'debug' },
    file,
    variables,
    8 * gigabytes,
  );
  assert.deepEqual(config.udp, { host: '0.0.0.0', port: 4000 });
  assert.deepEqual(config.tcp, { host: '127.0.0.1', port: 3001 });
  assert.equal(config.region, 'eu-west-1');
  assert.equal(config.endpoint.href, 'http://127.0.0.1:2001/');
  assert.equal(config.logLevel, 'debug');
  assert.equal(config.concurrency, 2);
  assert.equal(config.bufferMegabytes, 24);
});

const addresses = [
  {
    name: 'XRAY_DAEMON_BIND gives both addresses',
    env: { XRAY_DAEMON_BIND: '0.0.0.0:5' },
    expected: { host: '0.0.0.0', port: 5 },
  },
  {
    name: 'HOST and PORT give both addresses',
    env: { HOST: '::1', PORT: '5' },
    expected: { host: '::1', port: 5 },
  },
];
for (const { name, env: variables, expected } of addresses) {
  test(name, () => {
    const { udp, tcp } = resolveConfig({}, {}, { ...env, ...variables }, gigabytes);
    assert.deepEqual([udp, tcp], [expected, expected]);
  });
}

test('AWS_ENDPOINT_URL_XRAY names the endpoint, and AWS_ENDPOINT_URL where it is missing', () => {
  const endpoint = (variables: NodeJS.ProcessEnv) =>
    resolveConfig({}, {}, { ...env, ...variables }, gigabytes).endpoint.host;
  assert.equal(endpoint({ AWS_ENDPOINT_URL: 'http://all:1' }), 'all:1');
  assert.equal(
    endpoint({ AWS_ENDPOINT_URL: 'http://all:1', AWS_ENDPOINT_URL_XRAY: 'http://xray:2' }),
    'xray:2',
  );
});

const refusals = [
  { name: 'no region', flags: {}, env: {}, says: /^Cannot fetch region variable from config file/ },
  {
    name: 'too little memory',
    flags: { 'buffer-memory': '2' },
    env,
    says: /^Not enough Buffers Memory Allocated\. Min Buffers Memory required: 3 MB\.$/,
  },
  {
    name: 'a log level that is none',
    flags: { 'log-level': 'loud' },
    env,
    says: /^Log level "loud" is not one of dev, debug, info/,
  },
  {
    name: 'an address without a port',
    flags: { bind: 'localhost' },
    env,
    says: /^"localhost" is not an address\./,
  },
  {
    name: 'a port out of range',
    flags: { bind: 'localhost:70000' },
    env,
    says: /^"localhost:70000" is not an address\./,
  },
  {
    name: 'an endpoint that is no URL',
    flags: {},
    env: { ...env, AWS_ENDPOINT_URL_XRAY: 'localhost:2001' },
    says: /^X-Ray endpoint "localhost:2001" is not/,
  },
];
for (const { name, flags, env: variables, says } of refusals) {
  test(`${name} stops the daemon: ${says.source}`, () =>
    assert.throws(() => resolveConfig(flags, {}, variables, 8 * gigabytes), { message: says }));
}

const files = [
  {
    text: 'Region: eu-west-1',
    says: /^Config Version is missing\. Use X-Ray Daemon Config Migration Script/,
  },
  { text: 'Version: 3', says: /^Config Version Setting is not correct\. / },
  {
    text: 'Version: 2\nColour: blue',
    says: /^Colour flag is invalid\. Please refer to AWS X-Ray Documentation/,
  },
  { text: 'Version: 2\nProfile:\n  CPU: x', says: /^Profile\.CPU flag is not supported any more\. / },
  {
    text: 'Version: 2\nProcessor:\n  Region: x',
    says: /^Processor\.Region flag is not supported\. Use .* Migration Script/,
  },
  { text: 'Version: 2\nConcurrency: many', says: /^Concurrency in the config file must be a number\.$/ },
];
for (const { text, says } of files) {
  test(`cfg.yaml with "${text.replaceAll('\n', ' ')}": ${says.source}`, () =>
    assert.rejects(parseConfigFile(text), { message: says }));
}

test('a cfg.yaml of version 1, with empty values and an empty section, is fine', async () => {
  assert.deepEqual(await parseConfigFile('Version: 1\nRegion:\nSocket:\n'), { Version: 1 });
});
