import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { placeBelow, roomBelow } from './placement.ts';

describe('a box that belongs to a button', () => {
  const cases = [
    {
      name: 'opens below it, right edges together',
      button: { bottom: 100, right: 1300 },
      box: { width: 460, height: 300 },
      window: { width: 1440, height: 900 },
      spot: { top: 106, left: 840, maxHeight: 786 },
    },
    {
      name: 'does not leave a narrow window to the left',
      button: { bottom: 100, right: 250 },
      box: { width: 344, height: 400 },
      window: { width: 360, height: 700 },
      spot: { top: 106, left: 8, maxHeight: 586 },
    },
    {
      name: 'does not leave the window to the right',
      button: { bottom: 100, right: 1439 },
      box: { width: 460, height: 300 },
      window: { width: 1440, height: 900 },
      spot: { top: 106, left: 972, maxHeight: 786 },
    },
    {
      name: 'scrolls inside where the window ends',
      button: { bottom: 100, right: 352 },
      box: { width: 344, height: 500 },
      window: { width: 360, height: 400 },
      spot: { top: 106, left: 8, maxHeight: 286 },
    },
    {
      name: 'moves up in a window too low for a few lines',
      button: { bottom: 180, right: 352 },
      box: { width: 344, height: 250 },
      window: { width: 360, height: 300 },
      spot: { top: 42, left: 8, maxHeight: 250 },
    },
    {
      name: 'is in the window when its button was scrolled out of it',
      button: { bottom: -400, right: 1300 },
      box: { width: 460, height: 300 },
      window: { width: 1440, height: 900 },
      spot: { top: 592, left: 840, maxHeight: 300 },
    },
  ];
  for (const { name, button, box, window, spot } of cases)
    test(name, () => assert.deepEqual(placeBelow(button, box, window), spot));
});

test('a list ends at the edge of the window, and keeps a few lines in a low one', () => {
  assert.equal(roomBelow(220, 700), 472);
  assert.equal(roomBelow(220, 388), 160);
  assert.equal(roomBelow(220, 240), 160);
});
