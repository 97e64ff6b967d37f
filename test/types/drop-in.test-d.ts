// Code written against the original class compiles unchanged, with its types inferred.
import { ParallelProcessor } from 'millrace';
import { expectType, type Same } from './equality.js';

interface Page {
  url: string;
  words: number;
}

const processor = new ParallelProcessor(async (url: string): Promise<Page> => ({ url, words: url.length }), {
  concurrency: 4,
  batchSize: 50,
  maxMemory: 1024,
  progressCallback: (completed, total) => {
    expectType<Same<typeof completed, number>>();
    expectType<Same<typeof total, number>>();
  },
});

const { results, errors, stats } = await processor.process(['a', 'b']);
expectType<Same<typeof results, Page[]>>();
for (const { item, error } of errors) {
  expectType<Same<typeof item, string>>();
  expectType<Same<typeof error, unknown>>();
}
const figures: number[] = [stats.totalProcessed, stats.successful, stats.failed, stats.duration, stats.memoryPeak];
void figures;

// Sync processors, stated type arguments, defaults and null as the default.
const doubled = await new ParallelProcessor((n: number) => n * 2).process([1, 2]);
expectType<Same<typeof doubled.results, number[]>>();
new ParallelProcessor<number, string>(async (n) => String(n), {});
new ParallelProcessor((n: number) => n, { concurrency: null, batchSize: undefined, progressCallback: null });

// A class of one's own on top.
class Crawler extends ParallelProcessor<string, Page> {
  async crawl(urls: string[]): Promise<Page[]> {
    return (await this.process(urls)).results;
  }
}
void new Crawler(async (url) => ({ url, words: 0 })).crawl([]);

// Any iterable.
void processor.process(new Set(['a']));
void processor.process((function* () { yield 'a'; })());

// @ts-expect-error items of another type
void processor.process([1]);
// @ts-expect-error an option that does not exist
new ParallelProcessor((n: number) => n, { concurency: 4 });
// @ts-expect-error an option of another type
new ParallelProcessor((n: number) => n, { batchSize: '50' });
// @ts-expect-error no processor
new ParallelProcessor();
// @ts-expect-error a processor that takes something else than stated
new ParallelProcessor<string, number>((n: number) => n);
