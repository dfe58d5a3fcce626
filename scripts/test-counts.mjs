// A reporter for `node --test` that writes one JSON line: how many tests passed, failed and were skipped, and why.
export default async function* counts(events) {
  const total = { passed: 0, failed: 0, skipped: [] };
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    if (data.details?.type === 'suite') continue;
    if (data.skip !== undefined && data.skip !== false)
      total.skipped.push(`${data.name}: ${data.skip === true ? 'no reason given' : data.skip}`);
    else if (data.todo !== undefined && data.todo !== false) total.failed += 1;
    else if (type === 'test:pass') total.passed += 1;
    else total.failed += 1;
  }
  yield `${JSON.stringify(total)}\n`;
}
