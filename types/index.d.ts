export * from './errors.js';
export * from './operations/index.js';
export * from './operations/similarity.js';
export * from './parallel-processor.js';
export * from './pools.js';
export { workerTask, transfer } from './worker.js';
export type { TransferList, WorkerTask, WorkerTaskOptions } from './worker.js';
