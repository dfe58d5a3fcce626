import { readFileSync } from 'node:fs';

/** The text of a system file; undefined when there is none. */
type Read = (path: string) => string | undefined;

const MEBIBYTE = 1024 * 1024;

/** Where Linux counts the processes that it ended for want of memory: of this container, or else of the whole machine. */
const counters: readonly { path: string; line: RegExp }[] = [
  { path: '/sys/fs/cgroup/memory.events', line: /^oom_kill (\d+)$/m },
  { path: '/sys/fs/cgroup/memory/memory.oom_control', line: /^oom_kill (\d+)$/m },
  { path: '/proc/vmstat', line: /^oom_kill (\d+)$/m },
];

/** And where a container's limit stands, in bytes; "max" without one. */
const limits = ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes'];
/** Version 1 says "no limit" with a number near 2^63. */
const NO_LIMIT_BYTES = 2 ** 60;

/**
 * How many processes the system has ended so far because memory was full. When it has grown since a process started that was
 * then killed, that is why. Undefined where the system does not count (macOS, Windows).
 */
export function memoryKills(read: Read = readText): number | undefined {
  for (const { path, line } of counters) {
    const count = line.exec(read(path) ?? '')?.[1];
    if (count !== undefined) return Number(count);
  }
  return undefined;
}

/** What a process whose end the system decided is told to have died of. */
export function killedForMemory(read: Read = readText): string {
  const bytes = limits.map((path) => Number(read(path))).find((limit) => limit > 0 && limit < NO_LIMIT_BYTES);
  const room = bytes === undefined ? '' : `: there is ${Math.round(bytes / MEBIBYTE)} MB for it`;
  return `out of memory${room}. The system ended it`;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
