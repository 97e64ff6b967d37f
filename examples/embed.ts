// Calls an HTTP service for many texts. The service, started here, is slow and fails now and then.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ParallelProcessor, type ItemContext } from 'millrace';

let requests = 0;
const server = createServer((_request, response) => {
  const fails = ++requests % 13 === 0;
  setTimeout(() => {
    response.statusCode = fails ? 503 : 200;
    response.end(JSON.stringify([Math.random(), Math.random()]));
  }, 5);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/embed`;

async function embed(text: string, { signal }: ItemContext): Promise<number[]> {
  const response = await fetch(url, { method: 'POST', body: text, signal });
  if (!response.ok) throw new Error(`the service answered ${response.status}`);
  return (await response.json()) as number[];
}

const processor = new ParallelProcessor(embed, {
  concurrency: 'auto',
  timeout: 2_000,
  retry: { attempts: 5, delay: 20 },
  progressCallback: (completed, total) => process.stdout.write(`\r${completed} of ${total}`),
});
const texts = Array.from({ length: 2_000 }, (_, n) => `text number ${n}`);
const { results, errors, stats } = await processor.process(texts);
console.log(`\n${results.length} vectors, ${errors.length} failures after ${stats.retries} retries`);
console.log(`${stats.throughput.toFixed(0)} texts/s at concurrency ${processor.health().concurrency}, p99 ${stats.latency.p99.toFixed(1)} ms`);
server.close();
