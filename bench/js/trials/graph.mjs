// Dependency graphs of nodes that do nothing: what a node costs.

import { seededRandom } from '../../harness/random.mjs';
import { measure } from '../measure.mjs';

const kConcurrency = 8;
const kPeerNodes = 10_000;

/** @typedef {import('../../harness/trials.mjs').Context} Context */
/** @typedef {{ index: number, id: string, after: string[] }} Node */

/**
 * A random acyclic graph: each node depends on 0 to 4 of those before it, 2 on average.
 *
 * @param {number} count
 * @returns {Node[]}
 */
function randomGraph(count) {
  const random = seededRandom(4);
  const ids = Array.from({ length: count }, (_, index) => `node-${index}`);
  return ids.map((id, index) => {
    const wanted = Math.min(index, Math.floor(random() * 5));
    const after = new Set(Array.from({ length: wanted }, () => ids[Math.floor(random() * index)]));
    return { index, id, after: [...after] };
  });
}

/** Notes when each node ran, so that the order can be checked outside the timed part. */
class Record {
  /** @param {number} count */
  constructor(count) {
    this.positions = new Int32Array(count);
    this.ran = 0;
  }

  /** @param {number} index */
  note(index) {
    this.positions[index] = ++this.ran;
  }

  /** Equal for every contender that ran each node once and after what it depends on. @param {Node[]} nodes */
  digest(nodes) {
    const indexOf = new Map(nodes.map(({ id, index }) => [id, index]));
    const position = (/** @type {string} */ id) => this.positions[/** @type {number} */ (indexOf.get(id))];
    const missing = nodes.filter(({ id }) => position(id) === 0).length;
    const early = nodes.filter(({ id, after }) => after.some((other) => position(other) >= position(id))).length;
    return { missing, early, repeated: this.ran - nodes.length + missing };
  }
}

/** @param {Context} context */
async function ours({ fixture, library }) {
  const { ParallelProcessor } = await import(library);
  const nodes = randomGraph(fixture.count);
  const record = new Record(nodes.length);
  const run = async (/** @type {Node[]} */ items, /** @type {(node: Node) => void} */ processor) => {
    const parallel = new ParallelProcessor(processor, { concurrency: kConcurrency, key });
    const { errors } = await parallel.process(items, { dependencies });
    if (errors.length > 0) throw errors[0].error;
  };
  return measure(() => run(nodes, ({ index }) => record.note(index)), {
    items: nodes.length,
    warmUp: () => run(randomGraph(5_000), () => {}),
    digest: () => record.digest(nodes),
  });
}

/** @param {Node} node */
const key = ({ id }) => id;

/** @param {Node} node */
const dependencies = ({ after }) => after;

/** The floor: counts and a stack, no promise, no errors. @param {Node[]} nodes @param {(node: Node) => void} processor */
function handWritten(nodes, processor) {
  const indexOf = new Map(nodes.map(({ id }, index) => [id, index]));
  /** @type {number[][]} */
  const dependants = nodes.map(() => []);
  const waiting = nodes.map(({ after }) => after.length);
  for (const [index, { after }] of nodes.entries()) {
    for (const id of after) dependants[/** @type {number} */ (indexOf.get(id))].push(index);
  }
  const ready = waiting.flatMap((count, index) => (count === 0 ? [index] : []));
  while (ready.length > 0) {
    const index = /** @type {number} */ (ready.pop());
    processor(nodes[index]);
    for (const next of dependants[index]) if (--waiting[next] === 0) ready.push(next);
  }
}

/** @param {Context} context */
async function handWrittenLoop({ fixture }) {
  const nodes = randomGraph(fixture.count);
  const record = new Record(nodes.length);
  return measure(() => handWritten(nodes, ({ index }) => record.note(index)), {
    items: nodes.length,
    warmUp: () => handWritten(randomGraph(5_000), () => {}),
    digest: () => record.digest(nodes),
  });
}

/** @param {Context} context */
async function pGraph({ peer }) {
  const { PGraph } = (await peer('p-graph')).default;
  const nodes = randomGraph(kPeerNodes);
  const record = new Record(nodes.length);
  const run = (/** @type {Node[]} */ list, /** @type {(index: number) => void} */ note) => {
    const map = new Map(list.map(({ id, index }) => [id, { run: () => note(index) }]));
    const pairs = list.flatMap(({ id, after }) => after.map((other) => [other, id]));
    return new PGraph(map, pairs).run({ concurrency: kConcurrency });
  };
  return measure(() => run(nodes, (index) => record.note(index)), {
    items: nodes.length,
    warmUp: () => run(randomGraph(1_000), () => {}),
    digest: () => record.digest(nodes),
  });
}

/** @param {Context} context */
async function oursNative({ fixture, library }) {
  const { ParallelProcessor, operations } = await import(library);
  const nodes = randomGraph(fixture.count);
  const processor = new ParallelProcessor(operations.noop(), { key });
  const run = (/** @type {Node[]} */ items) => processor.process(items, { dependencies });
  return measure(() => run(nodes), {
    items: nodes.length,
    warmUp: () => run(randomGraph(5_000)),
    digest: ({ results, errors }) => ({ missing: nodes.length - results.length, early: errors.length, repeated: 0 }),
  });
}

const peers = {
  'hand-written': { note: 'counts and a stack, no promises, no errors: the floor', run: handWrittenLoop },
  'p-graph': { packages: ['p-graph'], note: `measured at ${kPeerNodes} nodes; times are per node`, run: pGraph },
};

/** @type {import('../../harness/trials.mjs').TrialSource[]} */
export const trials = [
  {
    name: 'graph/javascript',
    describe: '1e5 no-op nodes with 2 dependencies on average, a JavaScript processor',
    unit: 'node',
    prepare: () => ({ count: 100_000 }),
    contenders: { ours, ...peers },
  },
  {
    name: 'graph/native',
    describe: '1e5 native no-op nodes with 2 dependencies on average',
    unit: 'node',
    prepare: () => ({ count: 100_000 }),
    contenders: { ours: oursNative, ...peers },
  },
];
