// A worker thread ends while its native work is busy; the process and its other isolates go on.
import { describe, test } from 'vitest';
import { expectEnd, kinds, rounds, runChild } from './child.mjs';

describe('worker.terminate() while busy', () => {
  test.each(kinds)('during %s, many times', async (kind) => {
    expectEnd(await runChild('worker.mjs', ['terminate', kind, rounds(10, 120)]), { stdout: 'terminated\n' });
  });

  test('of eight workers at once', async () => {
    expectEnd(await runChild('worker.mjs', ['terminateMany', 'hash', rounds(40, 400)]), { stdout: 'terminated\n' });
  });

  test('inside a callback of the native placement', async () => {
    expectEnd(await runChild('worker.mjs', ['terminateSpinning', 'noop']), { stdout: 'exit code 1\n' });
  });

  test('with finished batches that were never delivered', async () => {
    expectEnd(await runChild('worker.mjs', ['terminateDeaf', 'noop']), { stdout: 'exit code 1\n' });
  });
});

describe('a worker ends itself while busy', () => {
  test.each(kinds)('by process.exit() during %s', async (kind) => {
    expectEnd(await runChild('worker.mjs', ['exitInWorker', kind]), { stdout: 'exit code 3\n' });
  });

  test.each(['hashFile', 'endless', 'compute'])('by an uncaught exception during %s', async (kind) => {
    expectEnd(await runChild('worker.mjs', ['throwInWorker', kind]), { stdout: 'thrown in the worker\n' });
  });
});

test.each(kinds)('process.exit() in the main thread while four workers are busy with %s', async (kind) => {
  expectEnd(await runChild('worker.mjs', ['exitWithWorkers', kind]), { code: 7, stdout: '' });
});

test('six workers and the main thread share the pools', async () => {
  expectEnd(await runChild('worker.mjs', ['together', 'noop', 6]), { stdout: 'all checked\n' });
});
