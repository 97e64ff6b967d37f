// Counts the functions of TypeScript sources with the TypeScript compiler, in worker isolates.
import { ParallelProcessor, operations, workerTask } from 'millrace';
import type { FunctionCount } from './count-functions.ts';

const root = process.argv[2] ?? 'types';
const { paths } = await operations.walk({ patterns: '**/*.{ts,js}', ignore: '**/node_modules' }).run(root);
const task = workerTask<string, FunctionCount>(new URL('./count-functions.ts', import.meta.url), { export: 'countFunctions' });
const processor = new ParallelProcessor(task, { concurrency: 2, timeout: 20_000 });
const { results, errors, stats } = await processor.process(paths);
await processor.close();

const total = results.reduce((sum, { functions }) => sum + functions, 0);
console.log(`${total} functions in ${results.length} files, ${stats.duration.toFixed(0)} ms`);
for (const { item, error } of errors) console.error(`${item}: ${(error as Error).message}`);
