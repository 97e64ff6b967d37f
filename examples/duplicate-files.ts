// Finds files with equal content below a directory: natively walked and hashed, the largest first.
import { ParallelProcessor, operations } from 'millrace';

const root = process.argv[2] ?? '.';
const { paths, errors: unreadable } = await operations.walk({ ignore: '**/.git' }).run(root);
const hasher = new ParallelProcessor(operations.hashFile({ algorithm: 'xxh3-128' }), { priority: 'largest' });
const { results, errors, stats } = await hasher.process(paths);

const failed = new Set(errors.map(({ index }) => index));
const readable = paths.filter((_, index) => !failed.has(index));
const groups = new Map<string, string[]>();
for (const [position, { hash, size }] of results.entries()) {
  if (size === 0) continue;
  const group = groups.get(hash) ?? [];
  group.push(readable[position] as string);
  groups.set(hash, group);
}

for (const group of groups.values()) if (group.length > 1) console.log(group.join('\n') + '\n');
for (const { item, error } of errors) console.error(`${item}: ${(error as Error).message}`);
for (const error of unreadable) console.error(error.message);
console.log(`${results.length} files in ${stats.duration.toFixed(0)} ms, ${(100 * stats.cpuUtilization).toFixed(0)} % of the cores`);
