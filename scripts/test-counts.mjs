// A reporter for `node --test` that writes one JSON line: how many tests passed, failed and were skipped, and why.
export default async function* counts(events) {
  const total = { passed: 0, failed: 0, skipped: [] };
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const isSkipped = data.skip !== undefined && data.skip !== false;
    // Of a suite that is skipped whole, its tests are not told.
    if (data.details?.type === 'suite' && !isSkipped) continue;
    if (isSkipped) total.skipped.push(`${data.name}: ${data.skip === true ? 'no reason given' : data.skip}`);
    else if (data.todo !== undefined && data.todo !== false) total.failed += 1;
    else if (type === 'test:pass') total.passed += 1;
    else total.failed += 1;
  }
  yield `${JSON.stringify(total)}\n`;
}
