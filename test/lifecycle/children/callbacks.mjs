// User code that runs inside a delivery, and values that do not belong there: callbacks.mjs SCENARIO
import { ParallelProcessor, operations } from '../../../lib/index.js';
import { Operation } from '../../../lib/operations/operation.js';

const marker = { thrown: 'by the user' };
const many = Array.from({ length: 5000 }, (_, i) => i);

/** An operation whose results cannot be decoded. */
const undecodable = () => new Operation('noop', {}, {
  input: 'none',
  blocking: false,
  decode() {
    throw marker;
  },
});

/** @param {(processor: any) => unknown} callback */
function processorCalling(callback) {
  const processor = new ParallelProcessor(operations.noop(), { batchSize: 1, progressCallback: () => callback(processor) });
  return processor;
}

const outcomeOf = (call) => call.then(({ results }) => results.length, (error) => error === marker || (error.code ?? String(error)));

/** @type {Record<string, () => Promise<unknown>>} */
const scenarios = {
  async progressThrows() {
    const processor = processorCalling(() => {
      throw marker;
    });
    const first = await outcomeOf(processor.process(many));
    // What was under way does not disturb the next call.
    return `${first}, ${await outcomeOf(new ParallelProcessor(operations.noop()).process(many))}`;
  },
  async progressThrowsTwice() {
    const processor = processorCalling(() => {
      throw marker;
    });
    return `${await outcomeOf(processor.process(many))}, ${await outcomeOf(processor.process(many))}`;
  },
  async decodeThrows() {
    const processor = new ParallelProcessor(undecodable());
    return `${await outcomeOf(processor.process(many))}, ${await outcomeOf(undecodable().run(1))}`;
  },
  async retryIfThrows() {
    const retryIf = () => {
      throw marker;
    };
    return outcomeOf(new ParallelProcessor(operations.stat(), { retry: { attempts: 2, retryIf } }).process(['/nonexistent']));
  },
  async closesInside() {
    let closed;
    const processor = processorCalling(() => {
      closed ??= processor.close();
    });
    const outcome = await outcomeOf(processor.process(many));
    await closed;
    return `${outcome}, ${await outcomeOf(processor.process(many))}`;
  },
  async processesInside() {
    let inner;
    const processor = processorCalling(() => {
      inner ??= outcomeOf(processor.process(many));
    });
    return `${await outcomeOf(processor.process(many))}, ${await inner}`;
  },
  async abortsInside() {
    const controller = new AbortController();
    const options = { signal: controller.signal, batchSize: 1, progressCallback: () => controller.abort(marker) };
    return outcomeOf(new ParallelProcessor(operations.noop(), options).process(many));
  },
  /** Each is its own failure; the addon sees none of them. */
  async wrongTypes() {
    const impostor = Object.create(Uint8Array.prototype);
    const detached = new Uint8Array(8);
    structuredClone(detached.buffer, { transfer: [detached.buffer] });
    const items = ['text', 5, null, undefined, {}, impostor, Symbol('s'), new Float64Array(2), detached, new Uint8Array(3)];
    const { results, errors } = await new ParallelProcessor(operations.hash()).process(items);
    return `${results.length}, ${errors.map(({ index, error }) => `${index}${error.name[0]}`).join('')}`;
  },
  async nulInPath() {
    const { results, errors } = await new ParallelProcessor(operations.stat()).process(['/', 'a\0b', '/']);
    return `${results.length}, ${errors.map(({ error }) => error.code)}`;
  },
  async uncaughtHandled() {
    // A handler that goes on after an exception thrown beside a delivery loses no result.
    let caught = 0;
    process.on('uncaughtException', () => caught++);
    const processor = processorCalling(() => queueMicrotask(() => {
      throw marker;
    }));
    return `${await outcomeOf(processor.process([1, 2, 3]))}, ${caught}`;
  },
  async twoCopies() {
    // Two copies of lib/ in one isolate share one addon.
    const other = await import('../../../lib/operations/files.js?copy').catch((error) => error);
    const first = operations.noop();
    await first.run(1);
    const { NativeLane } = await import('../../../lib/native-lane.js?copy');
    const lane = new NativeLane(other.fileOperations.noop(), 1);
    const fromCopy = new Promise((resolve) => {
      lane.submit([1, 2], 0, (result) => resolve(result.elapsedMs.length));
    });
    return `${await fromCopy}, ${await first.run(3)}`;
  },
};

// Its loop empties when a promise is left pending; the exit code then says so.
process.exitCode = 13;
void scenarios[process.argv[2]]().then((outcome) => {
  console.log(String(outcome));
  process.exitCode = 0;
});
