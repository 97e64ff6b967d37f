// Operations of our own, in C++ and C, beside those of the package.
//   cmake -S examples/own-operation -B build/own-operation && cmake --build build/own-operation
//   node --import tsx examples/own-operation/use.ts build/own-operation [FILE...]
import { resolve } from 'node:path';
import { loadOperations, operations, pipe } from 'millrace';
import type { OwnOperationFactory } from 'millrace';

interface WordCount {
  words: number;
  characters: number;
  /** Words of at least `atLeast` letters that occur more than once. */
  often: Record<string, number>;
}

const [folder = 'build/own-operation', ...files] = process.argv.slice(2);
const { wordCount } = loadOperations<{ wordCount: OwnOperationFactory<string | Uint8Array, WordCount> }>(resolve(folder, 'word_count.so'));
const { rot13 } = loadOperations<{ rot13: OwnOperationFactory<string | Uint8Array, string> }>(resolve(folder, 'rot13.so'));

console.log(await rot13.run('Uryyb, Zvyyenpr!'));
const { results, errors } = await pipe(operations.readFile(), wordCount({ atLeast: 6 })).runAll(files.length > 0 ? files : ['README.md']);
for (const { words, characters, often } of results) console.log({ words, characters, often });
for (const { item, error } of errors) console.error(item, error);
