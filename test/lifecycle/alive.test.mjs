// An idle instance lets the process end; work under way keeps it alive until it has been delivered.
import { describe, test } from 'vitest';
import { expectEnd, runChild } from './child.mjs';

describe.each(['function', 'worker', 'native'])('%s placement', (placement) => {
  test('an idle instance that was not closed lets the process end', async () => {
    expectEnd(await runChild('alive.mjs', ['idle', placement]), { stdout: '1,2,3\n' });
  });

  test('an instance that was never used lets the process end', async () => {
    expectEnd(await runChild('alive.mjs', ['unused', placement]), { stdout: 'made\n' });
  });

  test('a call under way keeps the process alive until its results are there', async () => {
    expectEnd(await runChild('alive.mjs', ['pending', placement]), { stdout: '1,2,3\n' });
  });
});

test('items that never settle do not keep the process alive', async () => {
  expectEnd(await runChild('alive.mjs', ['never']), { stdout: 'started\n' });
});

test('aborting ends endless native work, and the process after it', async () => {
  expectEnd(await runChild('alive.mjs', ['aborted']), { stdout: 'enough\n' });
});

test('close() while busy finishes the call, refuses the next, and lets the process end', async () => {
  expectEnd(await runChild('alive.mjs', ['closed']), { stdout: 'ERR_CLOSED\n' });
});

test('work begun in beforeExit is finished', async () => {
  expectEnd(await runChild('alive.mjs', ['beforeExit']), { stdout: 'turn 1\nturn 2\n' });
});

test('work begun in the exit event is dropped', async () => {
  expectEnd(await runChild('alive.mjs', ['exitEvent']), { stdout: 'submitted\n' });
});

test('a forked process has pools of its own', async () => {
  expectEnd(await runChild('alive.mjs', ['forked']), { stdout: '4,5, exit code 0\n' });
});
