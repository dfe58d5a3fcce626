import type { Defect } from '../defect.ts';

/** The daemon: datagrams, batches, uploads. */
export const daemon: readonly Defect[] = [
  {
    name: 'a datagram of another version is taken',
    file: 'xray/daemon/datagram.ts',
    replace: `format.toUpperCase() === 'JSON' && version === 1`,
    with: `format.toUpperCase() === 'JSON'`,
    red: { file: 'xray/daemon/datagram.test.ts', test: 'a header of another version' },
  },
  {
    name: 'a batch has one document too many',
    file: 'xray/daemon/batch-processor.ts',
    replace: 'this.#batch.length >= this.#options.size',
    with: 'this.#batch.length > this.#options.size',
    red: {
      file: 'xray/daemon/batch-processor.test.ts',
      test: 'the fiftieth document sends the batch at once',
    },
  },
  {
    name: 'a batch that was sent is sent again with the next one',
    file: 'xray/daemon/batch-processor.ts',
    replace: '    this.#batch = [];\n    log',
    with: '    log',
    red: {
      file: 'xray/daemon/batch-processor.test.ts',
      test: 'the second counts from the last batch sent',
    },
  },
  {
    name: 'after an idle second nobody looks any more',
    file: 'xray/daemon/batch-processor.ts',
    replace: '      else this.#cancelTick = this.#scheduleTick();',
    with: '',
    red: { file: 'xray/daemon/batch-processor.test.ts', test: 'seconds without documents send nothing' },
  },
  {
    name: 'the newest batch is given up instead of the oldest',
    file: 'xray/daemon/upload-queue.ts',
    replace: 'this.#waiting.shift() ?? []',
    with: 'this.#waiting.pop() ?? []',
    red: {
      file: 'xray/daemon/upload-queue.test.ts',
      test: 'when twenty batches wait, the next one pushes out the oldest',
    },
  },
  {
    name: 'any number of uploads run at once',
    file: 'xray/daemon/upload-queue.ts',
    replace: 'if (this.#running === this.#options.concurrency) return;',
    with: '',
    red: {
      file: 'xray/daemon/upload-queue.test.ts',
      test: 'no more uploads run than allowed, and the next one starts when one ends',
    },
  },
  {
    name: 'an upload is tried once only',
    file: 'xray/daemon/uploader.ts',
    replace: 'uploadAttempts = 2',
    with: 'uploadAttempts = 1',
    red: {
      file: 'xray/daemon/uploader.test.ts',
      test: 'throttling is tried once more, then the batch is lost',
    },
  },
  {
    name: 'telemetry does not count uploads that failed',
    file: 'xray/daemon/uploader.ts',
    replace: '      telemetry.failed(result.failure.kind);',
    with: '',
    red: { file: 'xray/daemon/uploader.test.ts', test: 'a refused permission is not tried again' },
  },
  {
    name: 'an escape of a datagram acts on the terminal',
    file: 'xray/daemon/log.ts',
    replace: '${terminalText(text)}',
    with: '${text}',
    red: {
      file: 'xray/daemon/log.test.ts',
      test: 'what a datagram says acts on nothing: an escape is shown',
    },
  },
  {
    name: 'a document writes lines of its own into the log',
    file: 'xray/daemon/uploader.ts',
    replace: 'log.debug(terminalLine(document));',
    with: 'log.debug(document);',
    red: {
      file: 'xray/daemon/uploader.test.ts',
      test: 'a refused document stays on its line, whatever is in it',
    },
  },
];
