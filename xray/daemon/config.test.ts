import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfigFile } from './config-file.ts';
import { endpointOf, proxyOf, resolveConfig } from './config.ts';

const gigabytes = 1024 ** 3;
const parse = (text: string) => parseConfigFile(text, { checksKeys: true });

test('without flags, file and variables the daemon is as AWS ships it', () => {
  assert.deepEqual(resolveConfig({}, {}, {}, 8 * gigabytes), {
    udp: '127.0.0.1:2000',
    tcp: '127.0.0.1:2000',
    region: '',
    endpoint: '',
    localMode: false,
    resourceArn: '',
    roleArn: '',
    proxyAddress: '',
    logLevel: 'prod',
    logFile: '',
    rotatesLog: true,
    bufferMegabytes: 81,
    concurrency: 8,
    verifyCertificate: true,
    allowedHosts: [],
  });
});

const wholeFile = `
  Version: 2
  Region: eu-west-1
  Endpoint: http://127.0.0.1:2001
  Concurrency: 2
  TotalBufferSizeMB: 24
  LocalMode: yes
  NoVerifySSL: true
  ResourceARN: arn:resource
  RoleARN: arn:role
  ProxyAddress: http://proxy:3128
  Socket:
    UDPAddress: "127.0.0.1:3000"
    TCPAddress: "127.0.0.1:3001"
  Logging:
    LogRotation: false
    LogLevel: warn
    LogPath: /var/log/xray.log
`;

test('every key of cfg.yaml is a setting, and wins over the environment', async () => {
  const env = {
    AWS_ENDPOINT_URL_XRAY: 'http://elsewhere',
    XRAY_DAEMON_BIND: '127.0.0.1:9',
    HTTPS_PROXY: 'http://other',
  };
  assert.deepEqual(resolveConfig({}, await parse(wholeFile), env, 8 * gigabytes), {
    udp: '127.0.0.1:3000',
    tcp: '127.0.0.1:3001',
    region: 'eu-west-1',
    endpoint: 'http://127.0.0.1:2001',
    localMode: true,
    resourceArn: 'arn:resource',
    roleArn: 'arn:role',
    proxyAddress: 'http://proxy:3128',
    logLevel: 'warn',
    logFile: '/var/log/xray.log',
    rotatesLog: false,
    bufferMegabytes: 24,
    concurrency: 2,
    verifyCertificate: false,
    allowedHosts: [],
  });
});

test('flags win over the file', async () => {
  const flags = {
    bind: '0.0.0.0:4000',
    'bind-tcp': '0.0.0.0:4001',
    region: 'us-east-1',
    'local-mode': false,
    'resource-arn': 'a',
    'role-arn': 'r',
    'proxy-address': 'http://p',
    'log-level': 'debug',
    'log-file': 'x.log',
    'buffer-memory': 3,
  };
  assert.deepEqual(resolveConfig(flags, await parse(wholeFile), {}, gigabytes), {
    udp: '0.0.0.0:4000',
    tcp: '0.0.0.0:4001',
    region: 'us-east-1',
    endpoint: 'http://127.0.0.1:2001',
    localMode: false,
    resourceArn: 'a',
    roleArn: 'r',
    proxyAddress: 'http://p',
    logLevel: 'debug',
    logFile: 'x.log',
    rotatesLog: false,
    bufferMegabytes: 3,
    concurrency: 2,
    verifyCertificate: false,
    allowedHosts: [],
  });
});

const variables = [
  { name: 'XRAY_DAEMON_BIND gives both addresses', env: { XRAY_DAEMON_BIND: '0.0.0.0:5' }, udp: '0.0.0.0:5' },
  { name: 'HOST and PORT give both addresses', env: { HOST: '::1', PORT: '5' }, udp: '::1:5' },
  {
    name: 'AWS_ENDPOINT_URL names the endpoint',
    env: { AWS_ENDPOINT_URL: 'http://all:1' },
    endpoint: 'http://all:1',
  },
  {
    name: 'AWS_ENDPOINT_URL_XRAY goes before AWS_ENDPOINT_URL',
    env: { AWS_ENDPOINT_URL: 'http://all:1', AWS_ENDPOINT_URL_XRAY: 'http://xray:2' },
    endpoint: 'http://xray:2',
  },
  { name: 'HTTPS_PROXY is a proxy', env: { HTTPS_PROXY: 'http://p:1' }, proxyAddress: 'http://p:1' },
];
for (const { name, env, ...expected } of variables) {
  test(name, () => {
    assert.partialDeepStrictEqual(resolveConfig({}, {}, env, gigabytes), expected);
  });
}

test('an unknown log level is passed over: the file’s counts, and without one everything is logged', () => {
  const level = (flag: string | undefined, file: string | undefined) =>
    resolveConfig(flag ? { 'log-level': flag } : {}, file ? { 'Logging.LogLevel': file } : {}, {}, gigabytes)
      .logLevel;
  assert.equal(level('loud', undefined), 'prod');
  assert.equal(level('loud', 'warn'), 'warn');
  assert.equal(level(undefined, 'loud'), 'dev');
});

test('the endpoint is the region’s, in the domain of its partition, unless one is configured', () => {
  assert.equal(endpointOf('', 'us-east-1').href, 'https://xray.us-east-1.amazonaws.com/');
  assert.equal(endpointOf('', 'cn-north-1').host, 'xray.cn-north-1.amazonaws.com.cn');
  assert.equal(endpointOf('http://127.0.0.1:2001', 'us-east-1').port, '2001');
  assert.throws(() => endpointOf('localhost:2001', 'us-east-1'), {
    message: /^X-Ray endpoint "localhost:2001" is not/,
  });
});

test('a proxy address without a scheme is refused in AWS’s words, one of another kind by name', () => {
  assert.equal(proxyOf(''), undefined);
  assert.equal(proxyOf('http://user:pw@proxy:3128')?.host, 'proxy:3128');
  assert.throws(() => proxyOf('://x'), { message: 'Bad proxy URL: parse "://x": missing protocol scheme' });
  assert.throws(() => proxyOf('socks5://x'), { message: /^Bad proxy URL: "socks5:\/\/x" is not an http/ });
});

const migration = /Use X-Ray Daemon Config Migration Script to update the config file\. Please refer/;
const files = [
  { text: 'Region: eu-west-1', says: /^Config Version is missing\. / },
  { text: 'Region: eu-west-1', says: migration },
  { text: 'Version: 3', says: /^Config Version Setting is not correct\. / },
  { text: '', says: /^Config Version Setting is not correct\. / },
  { text: 'Version:', says: /^Config Version Setting is not correct\. / },
  { text: 'Version: 2\nColour: blue', says: /^Colour flag is invalid\. Please refer to AWS X-Ray/ },
  { text: 'Version: 2\nSocket:', says: /^Socket flag is invalid\. / },
  { text: 'Version: 2\nProfile:\n  CPU: x', says: /^Profile\.CPU flag is not supported any more\. / },
  { text: 'Version: 2\nMemoryLimit: 2', says: /^MemoryLimit flag is not supported\. Use .* Script/ },
  {
    text: 'Version: 2\nConcurrency: many-many-more',
    says: /^Error occur .*: yaml: unmarshal errors:\n {2}line 2: cannot unmarshal !!str `many-ma\.\.\.` into int$/,
  },
  { text: 'hello', says: /line 1: cannot unmarshal !!str `hello` into yaml\.MapSlice$/ },
  { text: '- 1', says: /line 1: cannot unmarshal !!int `1` into yaml\.MapItem$/ },
  { text: 'a: [1', says: /^Error occur when using config flag: yaml: line \d: / },
];
for (const { text, says } of files) {
  test(`cfg.yaml with "${text.replaceAll('\n', ' ')}": ${says.source}`, () =>
    assert.rejects(parse(text), { message: says }));
}

test('a cfg.yaml of version 1 is fine, empty values are unset, numbers may stand for texts', async () => {
  assert.deepEqual(await parse('Version: 1\nRegion:\nLocalMode: yes\nEndpoint: 5'), {
    Version: 1,
    LocalMode: true,
    Endpoint: '5',
  });
});

test('where the daemon looks by itself, unknown keys are passed over', async () => {
  assert.deepEqual(await parseConfigFile('Version: 2\nColour: blue', { checksKeys: false }), { Version: 2 });
});

test('a cfg.yaml may repeat a value or a block by its anchor, and what follows its first document is not read', async () => {
  const text = [
    'Version: 2',
    'Region: &here us-west-2',
    'ResourceARN: *here',
    'Socket: {UDPAddress: &address "0.0.0.0:2000", TCPAddress: *address}',
    '---',
    'Version: 9',
    'Colour: [',
  ].join('\n');
  assert.deepEqual(await parse(text), {
    Version: 2,
    Region: 'us-west-2',
    ResourceARN: 'us-west-2',
    'Socket.UDPAddress': '0.0.0.0:2000',
    'Socket.TCPAddress': '0.0.0.0:2000',
  });
});
