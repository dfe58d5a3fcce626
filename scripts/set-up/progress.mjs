// What set-up says on the way: on a terminal one line that moves, elsewhere a line for each thing that is done.
const WIDTH = 24;

/**
 * `████████████░░░░░░░░░░░░  50 %  left: dependencies 95 of 190, first compilation`.
 *
 * @param {readonly (readonly [string, number, string])[]} parts title, share that is done from 0 to 1, detail
 */
export function barOf(parts) {
  const share = parts.reduce((sum, [, done]) => sum + done, 0) / parts.length;
  const full = Math.floor(share * WIDTH);
  const percent = String(Math.floor(share * 100)).padStart(3);
  const left = parts
    .filter(([, done]) => done < 1)
    .map(([title, , detail]) => (detail ? `${title} ${detail}` : title));
  return `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${percent} %  ${left.length > 0 ? `left: ${left.join(', ')}` : 'done'}`;
}

/**
 * Follows works that go on at the same time and one after the other, all named from the start, so that the bar knows what is
 * left.
 *
 * @param titles In the order in which they are shown.
 */
export function progress(titles, stream = process.stderr) {
  const parts = new Map(titles.map((title) => [title, { done: 0, detail: '' }]));
  const isMoving = stream.isTTY === true;
  const clear = () => isMoving && stream.write('\r\x1b[2K');
  const draw = () => {
    if (!isMoving) return;
    const text = `  ${barOf([...parts].map(([title, { done, detail }]) => [title, done, detail]))}`;
    stream.write(`\r\x1b[2K${text.slice(0, (stream.columns ?? 80) - 1)}`);
  };
  return {
    /** Does one of them. `work` is given a function to tell how many of how many are done. */
    async timed(title, work) {
      const part = parts.get(title);
      const started = Date.now();
      draw();
      if (!isMoving) stream.write(`  ${title} …\n`);
      const result = await work((done, all) => {
        // One step is always left until it says that it is done.
        part.done = all > 0 ? Math.min(done / (all + 1), 0.99) : 0;
        part.detail = all > 0 ? `${done} of ${all}` : '';
        draw();
      });
      part.done = 1;
      clear();
      stream.write(`  ${title} … done in ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
      if ([...parts.values()].some(({ done }) => done < 1)) draw();
      return result;
    },
    /** Before anything else is said. */
    clear,
  };
}
