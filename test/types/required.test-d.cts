// From CommonJS: nodenext lets an ES module without top-level await be required.
import { ParallelProcessor } from 'millrace';

const processor = new ParallelProcessor(async (n: number) => String(n));
export const first: Promise<string | undefined> = processor.process([1]).then(({ results }) => results[0]);
