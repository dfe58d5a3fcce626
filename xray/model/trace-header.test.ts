import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTraceHeader, parseTraceHeader } from './trace-header.ts';

const root = '1-58406520-a006649127e371903a2de979';
const parent = '53995c3f42cd8ad8';
const self = '1-67891234-12456789abcdef012345678a';

const cases = [
  {
    name: 'root, parent and decision are read',
    text: `Root=${root};Parent=${parent};Sampled=1`,
    header: { root, parent, sampled: '1' as const, others: {} },
  },
  {
    name: 'keys come in any order and case, with spaces around them',
    text: ` sampled=0 ; PARENT=${parent};  root = ${root}`,
    header: { root, parent, sampled: '0' as const, others: {} },
  },
  {
    name: 'a question mark asks the callee to decide',
    text: `Root=${root};Sampled=?`,
    header: { root, sampled: '?' as const, others: {} },
  },
  {
    name: 'the callee may be asked without a root',
    text: 'Sampled=?',
    header: { sampled: '?' as const, others: {} },
  },
  {
    name: 'what a load balancer, Lambda and others add is kept',
    text: `Self=${self};Root=${root};Lineage=a87bd80c:1|68fd508a:5;CalledFrom=app`,
    header: { root, self, lineage: 'a87bd80c:1|68fd508a:5', others: { CalledFrom: 'app' } },
  },
  {
    name: 'malformed values are left out',
    text: 'Root=nonsense;Parent=12;Sampled=yes;;=',
    header: { others: {} },
  },
  { name: 'an empty header says nothing', text: '', header: { others: {} } },
];

for (const { name, text, header } of cases) {
  test(name, () => {
    assert.deepEqual(parseTraceHeader(text), header);
    assert.deepEqual(parseTraceHeader(formatTraceHeader(header)), header, 'and survives being written again');
  });
}

test('a header is written with root, parent and decision first', () => {
  assert.equal(
    formatTraceHeader({ others: { CalledFrom: 'app' }, sampled: '1', parent, root }),
    `Root=${root};Parent=${parent};Sampled=1;CalledFrom=app`,
  );
});
