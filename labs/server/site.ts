import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { Router, type Response } from 'express';
import { pagePolicies } from './page-headers.ts';

/** Between two looks of the page that stands for the site until it is there. */
const RELOAD_SECONDS = 2;

/**
 * The built site: `/labs/` and `/labs` are the same page, an address that does not exist is the site's 404 page.
 * Before the site is built, every address says so, and shows what it is the address of when the site is there.
 *
 * @param dist The folder that `astro build` writes.
 */
export function siteRoutes(dist: string): Router {
  const routes = Router();
  const policyOf = pagePolicies();
  const setHeaders = (response: Response, path: string) => {
    cacheHeaders(response, path);
    const policy = policyOf(path);
    if (policy !== undefined) response.setHeader('content-security-policy', policy);
  };
  const files = express.static(dist, { extensions: ['html'], cacheControl: false, setHeaders });

  routes.use((request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') next();
    else if (!existsSync(join(dist, 'index.html'))) notBuilt(response);
    else files(request, response, () => notFoundPage(join(dist, '404.html'), setHeaders, response));
  });
  return routes;
}

/** Files under `_astro` carry a hash of their content in their name; everything else may change with a build. */
function cacheHeaders(response: Response, path: string): void {
  const hashed = /[\\/]_astro[\\/]/.test(path);
  response.setHeader('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
}

function notFoundPage(
  page: string,
  setHeaders: (response: Response, path: string) => void,
  response: Response,
): void {
  response.status(404).setHeader('cache-control', 'no-cache');
  if (!existsSync(page)) {
    response.type('text').send('There is no such page.\n');
    return;
  }
  setHeaders(response, page);
  response.sendFile(page, { cacheControl: false });
}

/** Asks for itself again every few seconds: `npm start` builds the site while the lab already runs. */
function notBuilt(response: Response): void {
  response.status(503).setHeader('cache-control', 'no-store');
  response.setHeader('retry-after', String(RELOAD_SECONDS));
  response.type('html').send(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="${RELOAD_SECONDS}">
<title>X-Ray Lab: the site is being built</title>
<h1>The site is being built</h1>
<p>After the first <code>npm start</code>, and after an update, that takes up to a minute. This page shows it as soon as it is there.</p>
<p>The lab itself runs: <code>npm run -s lab -- send</code> sends a checkout now, and <code>npm run lab -- status</code> says how everything is.</p>
<p>When it takes longer, the terminal of <code>npm start</code> says why. <code>node scripts/setup.mjs</code> builds it by hand.</p>
</html>
`);
}
