// Many isolates on the same native pools at once: some end by themselves, some are terminated while busy.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { ParallelProcessor, operations } from '../../lib/index.js';

const url = new URL('./tasks.mjs', import.meta.url);

/** Starts an isolate; resolves to its message and exit code. */
function isolate(workerData) {
  const worker = new Worker(url, { workerData, execArgv: [] });
  const outcome = new Promise((resolve, reject) => {
    let message;
    worker.on('message', (value) => { message = value; });
    worker.on('error', reject);
    worker.on('exit', (code) => resolve({ message, code }));
  });
  return { worker, outcome };
}

test('16 isolates at once, five times', async () => {
  for (let round = 0; round < 5; round++) {
    const isolates = Array.from({ length: 16 }, (_, id) => isolate({ id, rounds: 30, close: id % 2 === 0 }));
    for (const { outcome } of isolates) expect(await outcome).toEqual({ message: 30, code: 0 });
  }
});

test('200 isolates terminated while busy; those beside them go on', async () => {
  const steady = isolate({ id: 'steady', rounds: 2000, close: true });
  const here = new ParallelProcessor(operations.hash(), { concurrency: 2 });
  const abreast = Math.max(2, availableParallelism());
  for (let started = 0; started < 200; started += abreast) {
    const isolates = Array.from({ length: abreast }, (_, k) => isolate({ id: started + k, rounds: 1e9, close: false }));
    // Each is somewhere else when its end comes: loading, submitting, waiting, receiving.
    await here.process(Array.from({ length: (started * 37) % 3000 }, (_, k) => `word ${k}`));
    await new Promise((resolve) => setTimeout(resolve, started % 60));
    await Promise.all(isolates.map(({ worker }) => worker.terminate()));
    for (const { outcome } of isolates) expect((await outcome).message).toBe(undefined);
  }
  await here.close();
  expect(await steady.outcome).toEqual({ message: 2000, code: 0 });
});
