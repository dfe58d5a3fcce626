/** A test reporter: one line of JSON for each test that has no tests inside, with how it ended. */
export default async function* outcomes(source) {
  for await (const { type, data } of source) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    if (data.details.type === 'suite') continue;
    const outcome =
      data.skip !== undefined || data.todo !== undefined ? 'skipped' : type.slice('test:'.length);
    const { failureType, cause } = data.details.error ?? {};
    // A test whose own code ran and failed; not one that was cut short because something else did.
    const own = outcome !== 'fail' || failureType === 'testCodeFailure';
    yield `${JSON.stringify({ name: data.name, outcome, own, why: String(cause?.message ?? cause ?? '').split('\n')[0] })}\n`;
  }
}
