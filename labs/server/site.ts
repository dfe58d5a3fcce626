import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { Router, type Response } from 'express';
import { pagePolicies } from './page-headers.ts';

/**
 * The built site: `/labs/` and `/labs` are the same page, an address that does not exist is the site's 404 page.
 * Before the site is built, every address says how to build it.
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

function notBuilt(response: Response): void {
  response.status(503).setHeader('cache-control', 'no-store');
  response.type('html').send(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>X-Ray Lab</title>
<h1>The site has not been built</h1>
<p>Run <code>npm start</code> in the folder of the project, which builds it.
The lab itself runs: <code>npm run lab -- status</code> works now.</p>
</html>
`);
}
