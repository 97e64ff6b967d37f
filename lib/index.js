export { ParallelProcessor } from './parallel-processor.js';
export { workerTask } from './worker/worker-task.js';
export { transfer } from './worker/transfer.js';
export { operations } from './operations/index.js';
export { pipe } from './operations/pipe.js';
export { similarity } from './operations/similarity.js';
export { MillraceError, TimeoutError, WorkerError, DependencyError, OperationError } from './errors.js';
export { configurePools, poolStats } from './pools.js';
