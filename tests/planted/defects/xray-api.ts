import type { Defect } from '../defect.ts';

/** The X-Ray API: who may, sampling, pages, retention. */
export const xrayApi: readonly Defect[] = [
  {
    name: 'a signature of the right length is right',
    file: 'xray/iam/authenticate.ts',
    replace: 'given.length !== expected.length || !timingSafeEqual(given, expected)',
    with: 'given.length !== expected.length',
    red: {
      file: 'xray/iam/authenticate.test.ts',
      test: 'a wrong secret is refused: InvalidSignatureException',
    },
  },
  {
    name: 'a signature counts for ever',
    file: 'xray/iam/authenticate.ts',
    replace: '  checkDate(claim, options.now);',
    with: '',
    red: {
      file: 'xray/iam/authenticate.test.ts',
      test: 'a signature five minutes and a second old is refused: InvalidSignatureException',
    },
  },
  {
    name: 'a header may be added after signing',
    file: 'xray/iam/authenticate.ts',
    replace: '  checkSignedHeaders(claim, request);',
    with: '',
    red: {
      file: 'xray/iam/authenticate.test.ts',
      test: 'a session token that was added later is refused: InvalidSignatureException',
    },
  },
  {
    name: 'temporary credentials need no token',
    file: 'xray/iam/authenticate.ts',
    replace: 'if (sessionToken !== identity.sessionToken) throw unrecognizedClient();',
    with: '',
    red: {
      file: 'xray/iam/authenticate.test.ts',
      test: 'temporary credentials without their token is refused: UnrecognizedClientException',
    },
  },
  {
    name: 'a Deny is passed over',
    file: 'xray/iam/policy.ts',
    replace: `if (effect === 'Deny') return 'explicit';`,
    with: `if (effect === 'Deny') continue;`,
    red: { file: 'xray/iam/policy.test.ts', test: 'a Deny wins over an Allow, wherever it stands' },
  },
  {
    name: 'a policy’s Resource is not looked at',
    file: 'xray/iam/policy.ts',
    replace: 'isResource(request.resource) &&',
    with: '',
    red: { file: 'xray/iam/policy.test.ts', test: 'another group is not meant' },
  },
  {
    name: 'everybody is authorized',
    file: 'xray/iam/authorize.ts',
    replace: `if (decision === 'allowed') return;`,
    with: 'return;',
    red: {
      file: 'xray/iam/authorize.test.ts',
      test: 'what no policy allows is an AccessDeniedException with status 403',
    },
  },
  {
    name: 'one client too many gets a part of the remainder',
    file: 'xray/operations/sampling/reservoir-quota.ts',
    replace: 'clients.indexOf(client) < remainder',
    with: 'clients.indexOf(client) <= remainder',
    red: {
      file: 'xray/operations/sampling/reservoir-quota.test.ts',
      test: 'the remainder goes to those who came first',
    },
  },
  {
    name: 'what others hold of a reservoir is given out again',
    file: 'xray/operations/sampling/reservoir-quota.ts',
    replace: 'reservoirSize - held',
    with: 'reservoirSize',
    red: {
      file: 'xray/operations/sampling/sampling-targets.test.ts',
      test: 'quotas never add up to more than the reservoir, whatever clients report and clocks do',
    },
  },
  {
    name: 'a quota ends as soon as it is given',
    file: 'xray/operations/sampling/get-sampling-targets.ts',
    replace: 'const until = at + quotaTiming.quotaSeconds;',
    with: 'const until = at;',
    red: {
      file: 'xray/operations/sampling/sampling-targets.test.ts',
      test: "a client's first report earns it no quota, the second one does, for five minutes",
    },
  },
  {
    name: 'a boost that raises nothing uses up the cooldown window',
    file: 'xray/operations/sampling/sampling-boost.ts',
    replace: 'if (rate <= FixedRate) return;',
    with: '',
    red: {
      file: 'xray/operations/sampling/sampling-targets.test.ts',
      test: 'anomalies that call for no higher rate do not use up the cooldown window',
    },
  },
  {
    name: 'FixedRate keeps the other part of the traces',
    file: 'xray/operations/traces/trace-sample.ts',
    replace: 'tail / 0x1_0000_0000 < strategy.Value',
    with: 'tail / 0x1_0000_0000 > strategy.Value',
    red: {
      file: 'xray/operations/traces/trace-sample.test.ts',
      test: 'FixedRate keeps its part of the traces, and the same ones every time',
    },
  },
  {
    name: 'a NextToken goes on with any query',
    file: 'xray/operations/page.ts',
    replace: 'print === fingerprint(query) &&',
    with: '',
    red: { file: 'xray/operations/page.test.ts', test: 'a token of another query is refused' },
  },
  {
    name: 'retention forgets what is still to come',
    file: 'xray/store/retention.ts',
    replace: 'now() - storeLimits.retentionSeconds',
    with: 'now() + storeLimits.retentionSeconds',
    red: {
      file: 'xray/store/retention.test.ts',
      test: 'a round asks for slices until there is nothing left, and stops when told',
    },
  },
];
