// The addon may be loaded by any isolates in any order, and outlives each of them.
import { test } from 'vitest';
import { expectEnd, runChild } from './child.mjs';

test.each([
  [['main', 'worker', 'main']],
  [['worker', 'main']],
  [['worker', 'worker', 'worker']],
  [['busyWorker', 'worker', 'main']],
  [['busyWorker']],
  [['busyWorker', 'busyWorker', 'busyWorker', 'worker']],
  [['stay', 'worker', 'main']],
  [['stay', 'stay', 'busyWorker']],
  [['main', 'stay', 'busyWorker', 'main']],
])('%j', async (steps) => {
  expectEnd(await runChild('loading.mjs', steps), { stdout: steps.map((step) => `${step}\n`).join('') });
});
