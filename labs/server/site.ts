import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { Router, type Response } from 'express';

/**
 * The built site: `/labs/` and `/labs` are the same page, an address that does not exist is the site's 404 page.
 * Before the site is built, every address says how to build it.
 *
 * @param dist The folder that `astro build` writes.
 */
export function siteRoutes(dist: string): Router {
  const routes = Router();
  const files = express.static(dist, { extensions: ['html'], cacheControl: false, setHeaders: cacheHeaders });

  routes.use((request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') next();
    else if (!existsSync(join(dist, 'index.html'))) notBuilt(response);
    else files(request, response, () => notFoundPage(dist, response));
  });
  return routes;
}

/** Files under `_astro` carry a hash of their content in their name; everything else may change with a build. */
function cacheHeaders(response: Response, path: string): void {
  const hashed = /[\\/]_astro[\\/]/.test(path);
  response.setHeader('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
}

function notFoundPage(dist: string, response: Response): void {
  response.status(404).setHeader('cache-control', 'no-cache');
  if (existsSync(join(dist, '404.html'))) response.sendFile(join(dist, '404.html'));
  else response.type('text').send('There is no such page.\n');
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
