import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { terminalLine } from '@xray-lab/xray/terminal-text';

export interface PortOwner {
  pid: number;
  /** Its command line, shortened. */
  command: string;
}

/** `0A` is LISTEN in /proc/net/tcp; an unconnected UDP socket is `07`. */
const states = { tcp: '0A', udp: '07' } as const;

/**
 * Who listens on a port, as far as /proc tells: on Linux, and for processes of the same user. Undefined otherwise.
 */
export function ownerOfPort(port: number, protocol: 'tcp' | 'udp'): PortOwner | undefined {
  const inodes = new Set(
    [protocol, `${protocol}6`].flatMap((table) =>
      listeningInodes(readOr(`/proc/net/${table}`), port, states[protocol]),
    ),
  );
  if (inodes.size === 0) return undefined;
  for (const pid of listOr('/proc').filter((name) => /^\d+$/.test(name))) {
    const holds = listOr(`/proc/${pid}/fd`).some((fd) => {
      const inode = /^socket:\[(\d+)\]$/.exec(linkOr(`/proc/${pid}/fd/${fd}`))?.[1];
      return inode !== undefined && inodes.has(inode);
    });
    if (holds) return { pid: Number(pid), command: commandOf(pid) };
  }
  return undefined;
}

/** Inodes of the sockets of a /proc/net table that listen on a port. */
export function listeningInodes(table: string, port: number, state: string): string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '', , st]) => local.endsWith(`:${hex}`) && st === state)
    .map((cells) => cells[9] ?? '')
    .filter((inode) => inode !== '' && inode !== '0');
}

function commandOf(pid: string): string {
  const command =
    readOr(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim() || readOr(`/proc/${pid}/comm`).trim();
  // Any program may be called anything.
  const shown = terminalLine(command);
  return shown.length > 60 ? `${shown.slice(0, 59)}…` : shown;
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function listOr(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function linkOr(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
