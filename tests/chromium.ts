import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** A Chromium on this machine: `CHROMIUM_PATH`, one on the PATH, a Mac's, or the one Playwright installed. */
export function findChromium(): string | undefined {
  const own = process.env.CHROMIUM_PATH;
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const playwright = chromium.executablePath();
  return [own, ...onPath, ...MAC, playwright].find((path) => path && existsSync(path));
}

export const missingChromium: string | false = findChromium()
  ? false
  : 'no Chromium on this machine: install it (Debian: apt install chromium), or npx playwright install chromium, or set CHROMIUM_PATH';

/**
 * Everything the browser would otherwise ask the network for is off: tests talk to loopback only.
 *
 * @param names Names that the browser is to find on this machine, as an attacker's DNS would have it.
 */
export function launchChromium(names: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium()!,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--host-resolver-rules=${names.map((name) => `MAP ${name} 127.0.0.1`).join(', ')}`,
    ],
  });
}
