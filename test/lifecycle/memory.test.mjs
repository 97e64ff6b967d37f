// Memory: whose the bytes are, when they are freed, and what happens when they run out.
import { describe, test } from 'vitest';
import { expectEnd, runChild } from './child.mjs';

describe('input', () => {
  test('is copied: the caller may change it once the call has begun', async () => {
    expectEnd(await runChild('memory.mjs', ['copied']), { stdout: 'true\n' });
  });

  test('is copied: the caller may detach and free it', async () => {
    expectEnd(await runChild('memory.mjs', ['detached'], { execArgv: ['--expose-gc'] }), { stdout: 'true\n' });
  });

  test('of a worker that is terminated is not touched any more', async () => {
    expectEnd(await runChild('memory.mjs', ['terminated']), { stdout: 'true\n' });
  });

  test('may be a view of shared memory', async () => {
    expectEnd(await runChild('memory.mjs', ['shared']), { stdout: 'true\n' });
  });
});

test('results of an awaited loop are freed as it goes on', async () => {
  expectEnd(await runChild('memory.mjs', ['bounded']), { stdout: 'true\n' });
});

describe('memory exhausted', () => {
  // A sanitizer reserves more address space than any limit leaves.
  if (process.env.MILLRACE_SANITIZER === undefined) {
    const before = 'ulimit -v 1900000';

    test('a file that does not fit fails alone', async () => {
      expectEnd(await runChild('memory.mjs', ['exhausted'], { before }), {
        stdout: 'a small file\na small file|1 OperationError ERR_OUT_OF_MEMORY\n',
      });
    });

    test('an item whose copy does not fit fails alone', async () => {
      expectEnd(await runChild('memory.mjs', ['exhaustedInput'], { before }), {
        stdout: '2|1 MillraceError ERR_OUT_OF_MEMORY|ERR_OUT_OF_MEMORY\n',
      });
    });
  }

  test('a file beyond maxBytes is refused before memory is taken for it', async () => {
    expectEnd(await runChild('memory.mjs', ['tooLarge']), { stdout: 'a small file|0 ERR_TOO_LARGE\n' });
  });
});
