// The work of one isolate: native operations on texts and files, checked against Node's own results.
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { ParallelProcessor, operations } from '../../lib/index.js';

const own = fileURLToPath(import.meta.url);
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

async function work(rounds) {
  const hashing = new ParallelProcessor(operations.hash({ algorithm: 'sha256' }), { concurrency: 3 });
  const reading = new ParallelProcessor(operations.readFile(), { concurrency: 2 });
  for (let round = 0; round < rounds; round++) {
    const words = Array.from({ length: 200 }, (_, k) => `${workerData.id}/${round}/${k}`);
    const [digests, files] = await Promise.all([hashing.process([...words, 5]), reading.process([own, '/no/such/file', own])]);
    words.forEach((word, k) => {
      if (digests.results[k] !== sha256(word)) throw new Error(`wrong digest of ${word}`);
    });
    if (digests.errors.length !== 1 || files.results.length !== 2 || files.errors[0].error.code !== 'ENOENT') throw new Error('wrong outcome');
  }
  if (workerData.close) await Promise.all([hashing.close(), reading.close()]);
  return rounds;
}

if (!isMainThread && workerData?.rounds !== undefined) work(workerData.rounds).then((rounds) => parentPort.postMessage(rounds));
