// The addon in several isolates, in the order given: loading.mjs STEP...
//   main          load and use it in the main thread
//   worker        load and use it in a worker that then ends
//   busyWorker    terminate a worker whose pool threads are running
//   stay          load and use it in a worker that stays until the end
import { once } from 'node:events';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';

const self = new URL(import.meta.url);

/** @param {string} role */
const start = (role) => new Worker(self, { workerData: role });

/** @type {Record<string, () => Promise<unknown>>} */
const steps = {
  async main() {
    const { checkResults } = await import('./work.mjs');
    await checkResults();
  },
  async worker() {
    const worker = start('check');
    const [[message], [code]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')]);
    if (message !== 'checked' || code !== 0) throw new Error(`${message}, exit code ${code}`);
  },
  async busyWorker() {
    const worker = start('compute');
    await once(worker, 'message');
    await worker.terminate();
  },
  async stay() {
    const worker = start('stay');
    await once(worker, 'message');
    worker.unref();
  },
};

/** @type {Record<string, () => Promise<unknown>>} */
const roles = {
  async check() {
    const { checkResults } = await import('./work.mjs');
    await checkResults();
    parentPort?.postMessage('checked');
  },
  async compute() {
    const { keepBusy } = await import('./work.mjs');
    await keepBusy('compute');
    parentPort?.postMessage('busy');
  },
  async stay() {
    await roles.check();
    parentPort?.on('message', () => {});
  },
};

if (isMainThread) {
  void (async () => {
    for (const step of process.argv.slice(2)) {
      await steps[step]();
      console.log(step);
    }
  })();
} else {
  void roles[workerData]();
}
