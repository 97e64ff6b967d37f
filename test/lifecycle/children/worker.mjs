// Worker threads that end while native work is busy: worker.mjs SCENARIO KIND [COUNT]
import { once } from 'node:events';
import { Worker, isMainThread, parentPort } from 'node:worker_threads';
import { ParallelProcessor, operations } from '../../../lib/index.js';
import { checkResults, keepBusy } from './work.mjs';

const [scenario, kind, count] = process.argv.slice(2);
const self = new URL(import.meta.url);

/** @param {string} role */
async function startWorker(role) {
  const worker = new Worker(self, { argv: [role, kind], stderr: false });
  await once(worker, 'message');
  return worker;
}

/** What workers do. @type {Record<string, () => Promise<unknown>>} */
const roles = {
  async busy() {
    await keepBusy(kind);
    parentPort?.postMessage('busy');
  },
  async exits() {
    await keepBusy(kind);
    parentPort?.once('message', () => process.exit(3));
    parentPort?.postMessage('busy');
  },
  async throws() {
    await keepBusy(kind);
    parentPort?.once('message', () => {
      throw new Error('thrown in the worker');
    });
    parentPort?.postMessage('busy');
  },
  /** Never returns from a callback of ours, so that only termination ends it. */
  async spins() {
    const progressCallback = () => {
      parentPort?.postMessage('in the callback');
      for (;;);
    };
    await new ParallelProcessor(operations.noop(), { batchSize: 1, progressCallback }).process([1, 2, 3]);
  },
  /** Results wait at the isolate's door when it is terminated. */
  async deaf() {
    const processor = new ParallelProcessor(operations.readFile(), { concurrency: 8 });
    const { files } = await import('./work.mjs');
    void processor.process(new Array(200).fill(files.large));
    parentPort?.postMessage('submitted');
    for (;;);
  },
  async checks() {
    await checkResults();
    parentPort?.postMessage('checked');
  },
};

/** What the main thread does with them. @type {Record<string, () => Promise<unknown>>} */
const scenarios = {
  async terminate() {
    for (let round = 0; round < Number(count); round++) {
      const worker = await startWorker('busy');
      await worker.terminate();
    }
    return 'terminated';
  },
  async terminateMany() {
    for (let round = 0; round < Number(count); round += 8) {
      const workers = await Promise.all(Array.from({ length: 8 }, () => startWorker('busy')));
      await Promise.all(workers.map((worker) => worker.terminate()));
    }
    return 'terminated';
  },
  async terminateSpinning() {
    const worker = await startWorker('spins');
    return `exit code ${await worker.terminate()}`;
  },
  async terminateDeaf() {
    const worker = await startWorker('deaf');
    return `exit code ${await worker.terminate()}`;
  },
  async exitInWorker() {
    const worker = await startWorker('exits');
    worker.postMessage('now');
    const [code] = await once(worker, 'exit');
    return `exit code ${code}`;
  },
  async throwInWorker() {
    const worker = await startWorker('throws');
    worker.postMessage('now');
    const [error] = await once(worker, 'error');
    return error.message;
  },
  async exitWithWorkers() {
    await Promise.all(Array.from({ length: 4 }, () => startWorker('busy')));
    process.exit(7);
  },
  async together() {
    const workers = Array.from({ length: Number(count) }, () => new Worker(self, { argv: ['checks', kind] }));
    const checks = workers.map((worker) => once(worker, 'message'));
    await Promise.all([checkResults(), ...checks, ...workers.map((worker) => once(worker, 'exit'))]);
    return 'all checked';
  },
};

if (isMainThread) {
  void scenarios[scenario]().then(async (outcome) => {
    // The process-wide pools serve the other isolates as before.
    await checkResults();
    console.log(outcome);
  });
} else {
  void roles[scenario]();
}
