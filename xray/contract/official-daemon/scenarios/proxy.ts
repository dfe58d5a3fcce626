import assert from 'node:assert/strict';
import { scopeOf, type Scenario } from '../scenario.ts';

const asked = [
  { method: 'POST', path: '/GetSamplingRules', body: '{}' },
  { method: 'POST', path: '/Whatever?a=1&b=x%20y', body: 'no json: ✓' },
  { method: 'GET', path: '/fails', body: undefined },
  { method: 'DELETE', path: '/deep/path%20with/signs', body: undefined },
];

/** The TCP side: what X-Ray is asked, and what the caller is answered. */
export const proxy: readonly Scenario[] = [
  {
    name: 'passes calls on and answers back, and answers 502 while X-Ray is away',
    async observe(stage) {
      const xray = await stage.recordingXRay((response, { path }) => {
        response.writeHead(path === '/fails' ? 418 : 200, { 'x-amzn-requestid': 'r', 'content-type': 'a/b' });
        response.end(`answer to ${path}`);
      });
      const daemon = await stage.startDaemon(xray.endpoint);
      const ask = async (method: string, path: string, body: string | undefined) => {
        const response = await fetch(`http://${daemon.address}${path}`, {
          method,
          headers: { authorization: 'of the caller', 'x-mine': 'yes', 'x-forwarded-for': '10.0.0.1' },
          ...(body === undefined ? {} : { body }),
        });
        const { status, headers } = response;
        return {
          status,
          requestId: headers.get('x-amzn-requestid'),
          type: headers.get('content-type'),
          text: await response.text(),
        };
      };
      const answers = [];
      for (const { method, path, body } of asked) answers.push(await ask(method, path, body));
      const seen = xray.requests.filter(({ path }) => path !== '/started');
      assert.equal(seen.length, asked.length, 'calls that came through');
      xray.close();
      const away = await ask('POST', '/GetSamplingRules', '{}');
      await daemon.stop();
      return {
        seen: seen.map((request) => ({
          method: request.method,
          path: request.path,
          body: request.body,
          mine: request.headers['x-mine'],
          from: request.headers['x-forwarded-for'],
          isForEndpoint: request.headers.host === xray.address,
          scope: scopeOf(request),
        })),
        answers,
        away,
      };
    },
  },
];
