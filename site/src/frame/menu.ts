/**
 * Below which width of the window, in rem, the navigation is behind the menu button.
 *
 * Beside a guide page the list of pages stands from 50rem on. A lab's page has its text and the checker side by side, so the
 * list waits for a window that has room for three. A page without the list needs the button until the places fit into
 * the header, which is at 56rem (`Header.astro`).
 */
export function menuUntilRem(path: string, hasSidebar: boolean): 50 | 56 | 75 {
  if (!hasSidebar) return 56;
  return /^\/labs\/[^/]+/.test(path) ? 75 : 50;
}
