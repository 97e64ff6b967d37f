// Both ends of the transport in one thread: what no program can bring about from outside, a message that
// cannot be deserialised, and the rules of the shared ring.
import { MessageChannel } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import { BatchSize } from '../../../lib/worker/batch-size.js';
import { ControlBlock, SHARE } from '../../../lib/worker/control.js';
import { Inbox } from '../../../lib/worker/inbox.js';
import { ItemRunner } from '../../../lib/worker/item-runner.js';
import { Outbox } from '../../../lib/worker/outbox.js';
import { Slots } from '../../../lib/worker/slots.js';
import { TestRun } from './harness.js';

const attribution = { forget() {}, call: (_slot, _generation, processor, item) => processor(item) };
let channel;
afterEach(() => {
  channel.port1.close();
});

function ends(processor) {
  channel = new MessageChannel();
  const main = new ControlBlock();
  const control = new ControlBlock(main.memory);
  main.header[SHARE] = 1;
  const slots = new Slots(main);
  const unreadable = [];
  const inbox = new Inbox(main, slots, (_run, index) => unreadable.push(index));
  const outbox = new Outbox(control, channel.port2);
  const runner = new ItemRunner(processor, control, outbox, attribution, { isAsync: false, eager: false });
  return { slots, inbox, runner, unreadable };
}

test('items of a message that cannot be read are reported, the others run', () => {
  const { slots, inbox, runner, unreadable } = ends((x) => x + 1);
  const run = new TestRun([1, 2, 3]);
  for (let i = 0; i < 3; i++) slots.take(run, i);
  runner.addUnreadable(2);
  runner.add([3]);
  inbox.consume(null);
  expect(unreadable).toEqual([0, 1]);
  expect([...run.results]).toEqual([[2, 4]]);
  expect(slots.used).toBe(0);
});

test('values of a message that cannot be read fail, those in the ring do not', () => {
  const { slots, inbox, runner } = ends((x) => (x === 2 ? 2 : { x }));
  const run = new TestRun([1, 2, 3]);
  for (let i = 0; i < 3; i++) slots.take(run, i);
  runner.add([1, 2, 3]);
  inbox.consumeUnreadable(new Error('why'));
  expect([...run.errors.keys()]).toEqual([0, 2]);
  expect(run.errors.get(0)).toMatchObject({ code: 'ERR_NOT_CLONEABLE', cause: { message: 'why' } });
  expect([...run.results]).toEqual([[1, 2]]);
});

test('an item taken back never runs, and its slot is free again once the worker has seen it', () => {
  const ran = [];
  const { slots, inbox, runner } = ends((x) => ran.push(x));
  const run = new TestRun([1, 2, 3]);
  for (let i = 0; i < 3; i++) slots.take(run, i);
  expect(slots.recallAll().map(({ index }) => index)).toEqual([0, 1, 2]);
  expect(slots.used).toBe(3);
  slots.take(run, 0);
  runner.add([1, 2, 3]);
  runner.add([4]);
  inbox.consume(null);
  expect(ran).toEqual([4]);
  expect(slots.used).toBe(0);
});

test('small values can be read before any message tells of them; others wait for theirs', () => {
  const { slots, inbox, runner } = ends((x) => x);
  const run = new TestRun([1, { a: 1 }, 2]);
  for (let i = 0; i < 3; i++) slots.take(run, i);
  runner.add([1, { a: 1 }, 2]);
  expect(inbox.consume(null)).toBe(1);
  expect(inbox.consume([{ a: 1 }])).toBe(2);
  expect(run.values).toEqual([1, { a: 1 }, 2]);
});

test('the ring goes round', () => {
  const { slots, inbox, runner } = ends((x) => x);
  const run = new TestRun(Array.from({ length: 20_000 }, (_, i) => i));
  for (let i = 0; i < 20_000; i += 1000) {
    for (let k = i; k < i + 1000; k++) slots.take(run, k);
    runner.add(run.items.slice(i, i + 1000));
    inbox.consume(null);
  }
  expect(run.values).toEqual(run.items);
});

test('messages grow while items are tiny, and shrink at once to slow ones', () => {
  const size = new BatchSize();
  expect(size.value).toBe(1);
  for (let i = 0; i < 10; i++) size.observe(0.001 * size.value, size.value);
  expect(size.value).toBe(1000);
  size.observe(5000, 1000);
  expect(size.value).toBe(1);
  for (let i = 0; i < 20; i++) size.observe(0.1, 1);
  expect(size.value).toBeGreaterThanOrEqual(9);
  expect(size.value).toBeLessThanOrEqual(10);
});
