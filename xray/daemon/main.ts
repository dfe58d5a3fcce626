/** The daemon as a program: flags and files as AWS's, standard output for its log. */
import { createWriteStream } from 'node:fs';
import { totalmem } from 'node:os';
import { formatAddress } from './address.ts';
import { loadConfigFile } from './config-file.ts';
import { resolveConfig, type Config } from './config.ts';
import { credentialProvider } from './credentials.ts';
import { bindError, startDaemon } from './daemon.ts';
import { parseFlags, usage, type Flags } from './flags.ts';
import { createLog } from './log.ts';
import { daemonVersion } from './version.ts';

/** A drain that takes longer has no one to send to. */
const longestDrainMilliseconds = 5000;

const stdout = (line: string) => void process.stdout.write(line);
const now = () => new Date();

const flags = readFlags();
const config = await readConfig(flags);
const log = createLog(config.logLevel, writerTo(config.logFile), now);

const daemon = await startDaemon(config, credentialProvider(process.env), process.env, log).catch(
  (error: NodeJS.ErrnoException) => fatal(bindError('udp', formatAddress(config.udp), error)),
);

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
    if (flags.version) leave(`AWS X-Ray daemon version: ${daemonVersion}\n`);
    return flags;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}

async function readConfig(flags: Flags): Promise<Config> {
  try {
    const path = typeof flags.config === 'string' ? flags.config : undefined;
    // A container's limit, where there is one.
    const memory = process.constrainedMemory() || totalmem();
    return resolveConfig(flags, await loadConfigFile(path), process.env, Math.min(memory, totalmem()));
  } catch (error) {
    return fatal((error as Error).message);
  }
}

function writerTo(path: string): (line: string) => void {
  if (!path) return stdout;
  const stream = createWriteStream(path, { flags: 'a' });
  stream.on('error', (error) => fatal(`Cannot write the log file ${path}: ${error.message}.`));
  return (line) => void stream.write(line);
}

function leave(text: string): never {
  process.stdout.write(text);
  process.exit(0);
}

function fatal(text: string): never {
  createLog('error', stdout, now).error(text);
  process.exit(1);
}
