/** The daemon as a program: flags and files as AWS's, standard output for its log. */
import { totalmem } from 'node:os';
import { findConfigFile, loadConfigFile, type ConfigFile } from './config-file.ts';
import { resolveConfig } from './config.ts';
import { startDaemon } from './daemon.ts';
import { parseFlags, usage, type Flags } from './flags.ts';
import { createLog } from './log.ts';
import { openLogFile } from './log-file.ts';
import { terminalText } from '../terminal-text.ts';
import { daemonVersion } from './version.ts';

/** A drain that takes longer has no one to send to. */
const longestDrainMilliseconds = 5000;

type Write = (line: string) => void;
const toStandardOutput: Write = (line) => void process.stdout.write(line);
const toStandardError: Write = (line) => void process.stderr.write(line);
// A log that can't be written costs its lines, not the segments.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const now = () => new Date();

// As AWS's daemon: a file where it looks for one is read first, whatever the flags say.
const found = await read(findConfigFile());
const flags = readFlags();
const file = flags.config ? await read(loadConfigFile(flags.config)) : found;
if (flags.version) leave(`AWS X-Ray daemon version: ${daemonVersion}\n`);

// A container's limit, where there is one.
const memory = Math.min(process.constrainedMemory() || totalmem(), totalmem());
const config = resolveConfig(flags, file, process.env, memory);
const log = createLog(config.logLevel, writerTo(config.logFile, config.rotatesLog), now);
const daemon = await startDaemon(config, process.env, log).catch((error: Error) => {
  log.error(error.message);
  process.exit(1);
});

const goSignals = { SIGTERM: 'terminated', SIGINT: 'interrupt' } as const;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    setTimeout(() => process.exit(0), longestDrainMilliseconds).unref();
    void daemon.stop(goSignals[signal]).finally(() => process.exit(0));
  });
}

function readFlags(): Flags {
  try {
    const flags = parseFlags(process.argv.slice(2));
    if (flags.help) leave(usage);
    return flags;
  } catch (error) {
    process.stderr.write(`${terminalText((error as Error).message)}\n`);
    process.stdout.write(usage);
    process.exit(2);
  }
}

/** A file that is wrong is said on standard error, and in the log file that a flag names. */
async function read(file: Promise<ConfigFile>): Promise<ConfigFile> {
  try {
    return await file;
  } catch (error) {
    const writers = [toStandardError, ...(logFileFlag() ? [writerTo(logFileFlag(), false)] : [])];
    for (const write of writers) createLog('error', write, now).error((error as Error).message);
    process.exit(1);
  }
}

function logFileFlag(): string {
  try {
    return parseFlags(process.argv.slice(2))['log-file'] ?? '';
  } catch {
    return '';
  }
}

function writerTo(path: string, rotates: boolean): Write {
  if (!path) return toStandardOutput;
  try {
    return openLogFile(path, {
      rotates,
      onLoss: ({ message }) =>
        createLog('error', toStandardError, now).error(`Lines of ${path} are lost: ${message}`),
    });
  } catch (error) {
    const text = `Cannot write the log file ${path}: ${(error as Error).message}. Name another with -f.`;
    createLog('error', toStandardError, now).error(text);
    process.exit(1);
  }
}

function leave(text: string): never {
  process.stdout.write(text);
  process.exit(0);
}
