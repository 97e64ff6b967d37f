// One class, three placements: what is inferred from each.
import { MillraceError, OperationError, ParallelProcessor, configurePools, operations, poolStats, transfer, workerTask } from 'millrace';
import type { ErrorCode, FileHash, FileStat, ItemFailure, Operation, ProcessResult, SettledItem } from 'millrace';
import { expectType, type Same } from './equality.js';

// Native.
const hashes = await new ParallelProcessor(operations.hashFile({ algorithm: 'sha256' }), { priority: 'largest' }).process(['a', Buffer.from('b')]);
expectType<Same<typeof hashes.results, FileHash[]>>();
const contents = await new ParallelProcessor(operations.readFile()).process(['a']);
expectType<Same<(typeof contents.results)[number], Buffer>>();
const tree = await operations.walk({ patterns: ['**/*.{ts,js}', '!**/node_modules/**'], gitignore: true }).run('.');
expectType<Same<typeof tree.paths, string[]>>();
const found: Operation<string | Uint8Array, FileStat> = operations.stat();
void found;
// @ts-expect-error an algorithm that does not exist
operations.hash({ algorithm: 'crc32' });
// @ts-expect-error numbers are not paths
void new ParallelProcessor(operations.stat()).process([1]);

// Worker isolates: the function's types are stated, as it lives in another file.
const parsed = await new ParallelProcessor(workerTask<string, { words: number }>(new URL('./parse.js', import.meta.url), { export: 'parse' })).process(['a']);
expectType<Same<typeof parsed, ProcessResult<string, { words: number }>>>();
const block = new Uint8Array(8);
expectType<Same<ReturnType<typeof transfer<Uint8Array>>, Uint8Array>>();
transfer(block, [block.buffer as ArrayBuffer]);

// Beyond the drop-in, on the event loop.
const processor = new ParallelProcessor(
  async (n: number, { signal, attempt, index }) => {
    expectType<Same<typeof signal, AbortSignal>>();
    return n + attempt + index;
  },
  {
    concurrency: 'auto',
    timeout: 1000,
    retry: { attempts: 3, delay: 10, factor: 2, maxDelay: 100, jitter: 0.5, retryIf: (error, attempt) => attempt < 2 && error instanceof TypeError },
    priority: (n) => -n,
    stopOnError: true,
    signal: AbortSignal.timeout(1000),
    key: (n) => String(n),
  },
);
await processor.process([1, 2], { dependencies: (n) => (n > 1 ? [String(n - 1)] : []), signal: new AbortController().signal });
for await (const settled of processor.stream([1, 2], { highWaterMark: 10, ordered: false })) {
  expectType<Same<typeof settled, SettledItem<number, number>>>();
  if (settled.status === 'fulfilled') expectType<Same<typeof settled.value, number>>();
  // @ts-expect-error a rejected item has no value
  else void settled.value;
}
const health = processor.health();
expectType<Same<typeof health.placement, 'event-loop' | 'worker' | 'native'>>();
await processor.close();
{
  await using scoped = new ParallelProcessor((n: number) => n);
  void scoped;
}
// @ts-expect-error dependencies are named by strings
await processor.process([1], { dependencies: () => [1] });
// @ts-expect-error concurrency is a number or 'auto'
new ParallelProcessor((n: number) => n, { concurrency: 'max' });

// Errors.
const failure: ItemFailure<number> = { item: 1, error: new Error('x'), index: 0, attempts: 1 };
if (failure.error instanceof OperationError) {
  const { errno, path }: { errno: number | undefined; path: string | Uint8Array | undefined } = failure.error;
  void [errno, path];
}
if (failure.error instanceof MillraceError) {
  const isTimeout: boolean = failure.error.code === ('ERR_TIMEOUT' satisfies ErrorCode);
  void isTimeout;
}
// @ts-expect-error a code that does not exist
'ERR_NO_SUCH_CODE' satisfies ErrorCode;

configurePools({ workers: 2, affinity: [0, 1] });
const { queued }: { queued: number } = poolStats();
void queued;
