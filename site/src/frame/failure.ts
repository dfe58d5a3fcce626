/** What a page says, and hands on, when a part of it fails. */

const svelteAddress = /^https:\/\/svelte\.dev\/e\/(\w+)$/;

/** What went wrong in one line, whatever was thrown. */
export function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return clipped(typeof thrown === 'string' ? thrown : asJson(thrown));
  // A built site has no words for Svelte's own errors, only the address of a page about them.
  const [, code] = svelteAddress.exec(thrown.message.split('\n', 1)[0] ?? '') ?? [];
  return clipped(code ? `Svelte: ${code}` : thrown.message || thrown.name);
}

const longest = 300;
const clipped = (text: string) => (text.length > longest ? `${text.slice(0, longest)}…` : text);

function asJson(thrown: unknown): string {
  try {
    return JSON.stringify(thrown) ?? String(thrown);
  } catch {
    return String(thrown);
  }
}

export interface Circumstances {
  /** The part that failed. */
  part: string;
  error: unknown;
  address: string;
  browser: string;
  at: Date;
}

/** All that somebody needs who is to mend it, as text: what *Copy details* copies. */
export function detailsOf({ part, error, address, browser, at }: Circumstances): string {
  const { stack, message } = error instanceof Error ? error : { stack: undefined, message: '' };
  return [
    `X-Ray Lab: ${part} failed`,
    messageOf(error),
    `Page: ${address}`,
    `Time: ${at.toISOString()}`,
    `Browser: ${browser}`,
    // Chromium begins a stack with the message, Firefox and Safari do not.
    ...(stack && !stack.includes(message) ? [message] : []),
    ...(stack ? [stack] : []),
  ].join('\n');
}

/** Says whether something thrown outside of drawing, by a click or a timer, is worth a reader's attention. */
export function isNoise(thrown: unknown, source: string | undefined, origin: string): boolean {
  // Thrown by a browser that is asked too much in one frame. Nothing is lost.
  if (/^ResizeObserver loop/.test(messageOf(thrown))) return true;
  // A request that the page itself gave up, mostly because the reader went to another page.
  if (thrown instanceof Error && thrown.name === 'AbortError') return true;
  // An extension's script is not ours.
  return source !== undefined && source !== '' && !source.startsWith(origin);
}
