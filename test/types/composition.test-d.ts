// What pipes make of their stages.
import { operations, pipe } from 'millrace';
import type { FilePath, FileStat, NamedStage, Operation } from 'millrace';
import { expectType, type Same } from './equality.js';

const last = pipe(operations.readFile(), operations.hash());
expectType<Same<typeof last, Operation<FilePath, string>>>();

const named = pipe(operations.stat().as('stat'), operations.readFile(), operations.hash().as('hash'), operations.lz4Compress());
expectType<Same<Awaited<ReturnType<typeof named.run>>, { stat: FileStat; hash: string }>>();

const one = operations.hash().as('digest');
expectType<Same<typeof one, NamedStage<'digest', string | Uint8Array, string>>>();

const { results, errors } = await last.runAll(new Set(['a', Buffer.from('b')]), { signal: null, concurrency: 'auto', onProgress: (done, total) => done / total });
expectType<Same<typeof results, string[]>>();
expectType<Same<(typeof errors)[number]['item'], FilePath>>();

const digest: string = await operations.hash.run('content', { signal: AbortSignal.timeout(1) });
void digest;

// @ts-expect-error a pipe has at least one stage
pipe();
// @ts-expect-error a function is no stage
pipe(operations.readFile(), (content: Buffer) => content.length);
// @ts-expect-error numbers are not paths
void last.run(1);
// @ts-expect-error the option is called onProgress here
void last.runAll(['a'], { progressCallback: () => undefined });
