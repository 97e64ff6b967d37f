// The process ends at once and in the ordinary way, whatever the pools are doing.
import { describe, expect, test } from 'vitest';
import { expectEnd, kinds, runChild } from './child.mjs';

describe('the main thread ends while native work is busy', () => {
  test.each(kinds)('process.exit() during %s', async (kind) => {
    expectEnd(await runChild('exit.mjs', ['exit', kind]), { code: 7, stdout: 'busy\nexit event\n' });
  });

  test.each(kinds)('an uncaught exception during %s', async (kind) => {
    const ended = await runChild('exit.mjs', ['throw', kind]);
    expectEnd(ended, { code: 1, stdout: 'busy\nexit event\n' });
    expect(ended.stderr).toContain('thrown while busy');
  });

  test.each(['hashFile', 'endless', 'compute'])('an unhandled rejection during %s', async (kind) => {
    const ended = await runChild('exit.mjs', ['reject', kind]);
    expectEnd(ended, { code: 1, stdout: 'busy\nexit event\n' });
    expect(ended.stderr).toContain('rejected while busy');
  });

  test.each(['hashFile', 'endless', 'compute'])('process.reallyExit() during %s', async (kind) => {
    expectEnd(await runChild('exit.mjs', ['reallyExit', kind]), { code: 7, stdout: 'busy\n' });
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGKILL'].flatMap((signal) => ['noop', 'endless', 'compute'].map((kind) => [signal, kind])))(
    '%s during %s', async (signal, kind) => {
      expectEnd(await runChild('exit.mjs', [signal, kind]), { code: null, signal, stdout: 'busy\n' });
    });
});
