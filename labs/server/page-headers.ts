import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { RequestHandler } from 'express';

/** Only the lab's own pages may show the lab in a frame, as "Open beside" does. */
const FRAMES = "frame-ancestors 'self'";

/** An answer that is no page loads nothing at all, should a browser show it as one. */
const NO_PAGE = `default-src 'none'; ${FRAMES}`;

/** A script that a page runs beside itself obeys the policy that came with the script: the search is such a worker. */
const WORKER = `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; ${FRAMES}`;

/**
 * Headers of every answer. What a page may load is said by `pagePolicy`, for pages only.
 *
 * - no other site's window keeps a handle on ours (COOP), none embeds our answers (CORP);
 * - no address of ours leaves this machine as a referrer: it may hold a trace id or a filter.
 */
export const safeHeaders: RequestHandler = (_request, response, next) => {
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('cross-origin-opener-policy', 'same-origin');
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  response.setHeader('content-security-policy', NO_PAGE);
  next();
};

/**
 * The policy of one page: scripts from this origin, and of the inline ones exactly those that the page was built with, by
 * their hashes. So nothing that comes from a trace can ever run, even where it would reach the page as markup.
 *
 * - `wasm-unsafe-eval` is for the site's search, which is WebAssembly; it allows no `eval`.
 * - Styles may be inline: Svelte sets them, and CodeMirror writes its own sheet.
 *
 * @param html The page's source.
 */
export function pagePolicy(html: string): string {
  const hashes = [...new Set(inlineScripts(html).map(hashOf))].sort();
  return [
    "default-src 'none'",
    ["script-src 'self' 'wasm-unsafe-eval'", ...hashes].join(' '),
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "frame-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    FRAMES,
  ].join('; ');
}

/**
 * Policies of files, read once and again when a build has changed them.
 * @returns the policy of the page or the script in that file; undefined for any other file.
 */
export function pagePolicies(): (path: string) => string | undefined {
  const known = new Map<string, { changed: number; policy: string }>();
  return (path) => {
    if (path.endsWith('.js')) return WORKER;
    if (!path.endsWith('.html')) return undefined;
    const changed = statSync(path).mtimeMs;
    const last = known.get(path);
    if (last?.changed === changed) return last.policy;
    const policy = pagePolicy(readFileSync(path, 'utf8'));
    known.set(path, { changed, policy });
    return policy;
  };
}

/** The text between the tags, to the letter: a browser hashes just that. */
function inlineScripts(html: string): string[] {
  const scripts = html.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script\s*>/gi);
  return [...scripts]
    .filter(([, attributes = '']) => !/(?:^|\s)src\s*=/i.test(attributes))
    .map(([, , text = '']) => text);
}

const hashOf = (script: string) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
