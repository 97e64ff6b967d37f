// Two instances on a pool of one thread: the later one does not wait for the earlier one's end.
import { ParallelProcessor, operations } from '../../../lib/index.js';

const TOTAL = 200;
const item = Buffer.alloc(16 << 20);
let completed = 0;
const long = new ParallelProcessor(operations.hash({ algorithm: 'sha256' }), {
  concurrency: 2,
  batchSize: 1,
  progressCallback: (count) => {
    completed = count;
  },
}).process(new Array(TOTAL).fill(item));
void operations.hash().run('a short one').then(() => {
  console.log(completed < TOTAL ? 'in between' : 'at the end');
  process.exit(0);
});
void long;
