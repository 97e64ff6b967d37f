// What keeps a process alive and what does not: alive.mjs SCENARIO [PLACEMENT]
import { isMainThread } from 'node:worker_threads';
import { ParallelProcessor, operations, workerTask } from '../../../lib/index.js';
import { files, keepBusy } from './work.mjs';

const [scenario, placement] = process.argv.slice(2);

const processors = {
  function: () => new ParallelProcessor(async (n) => n),
  worker: () => new ParallelProcessor(workerTask(new URL('tasks.mjs', import.meta.url), { export: 'identity' })),
  native: () => new ParallelProcessor(operations.noop()),
};

/** @type {Record<string, () => unknown>} */
const scenarios = {
  /** An instance that has worked and was not closed. */
  async idle() {
    const processor = processors[placement]();
    globalThis.held = processor;
    const { results } = await processor.process([1, 2, 3]);
    console.log(results.join());
  },
  /** An instance that was never used. */
  unused() {
    globalThis.held = processors[placement]();
    console.log('made');
  },
  /** A call that nothing else waits for. */
  pending() {
    const processor = processors[placement]();
    void processor.process([1, 2, 3]).then(({ results }) => console.log(results.join()));
  },
  /** Items that never settle have nothing that the event loop waits for. */
  never() {
    void new ParallelProcessor(() => new Promise(() => {})).process([1, 2, 3]).then(() => console.log('impossible'));
    console.log('started');
  },
  /** An aborted call: its native work is cancelled, and the process ends when that is through. */
  async aborted() {
    const controller = new AbortController();
    const call = new ParallelProcessor(operations.hashFile(), { signal: controller.signal }).process([files.endless, files.endless]);
    controller.abort(new Error('enough'));
    console.log(await call.catch((error) => error.message));
  },
  /** close() refuses, finishes and releases. */
  async closed() {
    const { processor, call } = await keepBusy('hashFile');
    await processor.close();
    console.log(await call.catch((error) => error.code));
  },
  /** New work in beforeExit keeps the process alive once more. */
  beforeExit() {
    let turns = 0;
    process.on('beforeExit', () => {
      if (++turns > 2) return;
      void processors.native().process([turns]).then(({ results }) => console.log(`turn ${results[0]}`));
    });
  },
  /** Work submitted when it is too late for it. */
  exitEvent() {
    process.on('exit', () => {
      void processors.native().process([1, 2, 3]);
      void operations.hashFile().run(files.endless);
      console.log('submitted');
    });
  },
  async forked() {
    const { fork } = await import('node:child_process');
    const { once } = await import('node:events');
    await keepBusyBriefly();
    const child = fork(new URL(import.meta.url), ['inFork'], { execArgv: [] });
    const [[message], [code]] = await Promise.all([once(child, 'message'), once(child, 'exit')]);
    console.log(`${message}, exit code ${code}`);
  },
  async inFork() {
    const { results } = await processors.native().process([4, 5]);
    process.send?.(results.join(), () => process.disconnect());
  },
};

/** The parent's pools have threads of their own when it forks. */
async function keepBusyBriefly() {
  const { processor, call } = await keepBusy('hash');
  await processor.close();
  await call.catch(() => {});
}

if (isMainThread) void Promise.resolve(scenarios[scenario]());
