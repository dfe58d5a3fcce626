import { withNodeFirst } from '../runtime.mjs';
import { run } from './failure.mjs';

/** npm as the user calls it, run by `node` so that packages meet the Node they will run on. See `run`. */
export async function npm(what, node, args, folder) {
  const options = { environment: withNodeFirst(node), folder };
  const cli = process.env.npm_execpath;
  if (cli && /npm-cli\.c?js$/.test(cli)) await run(what, node, [cli, ...args], options);
  else await run(what, process.platform === 'win32' ? 'npm.cmd' : 'npm', args, options);
}
