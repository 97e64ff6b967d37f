import { expect, it } from 'vitest';
import { reportsAboutAddon } from '../../../scripts/sanitizer-reports.mjs';

/** @param {string} first @param {string} second @param {string} [kind] */
const report = (first, second, kind = 'data race') => `==================
WARNING: ThreadSanitizer: ${kind} (pid=1)
  Write of size 8 at 0x7b140001a408 by thread T11 (mutexes: write M41):
    #0 free tsan_interceptors_posix.cpp:706 (libtsan.so+0x47e82)
    #1 ${first}
    #2 v8::internal::Builtin_HandleApiCall(int) <null> (node+0xd0f69a)

  Previous read of size 1 at 0x7b140001a40f by main thread:
    #0 ${second}
    #1 millrace::Lane::run() /checkout/native/operations/lane.cc:10 (millrace.node+0x10)

SUMMARY: ThreadSanitizer: ${kind}
==================
ThreadSanitizer: reported 1 warnings
`;
const inNode = 'node::worker::MessagePort::PostMessage(node::Environment*) <null> (node+0xd0f69a)';
const inAddon = 'millrace::Lane::submit() /checkout/native/operations/lane.cc:66 (millrace.node+0x1234)';
const inLibrary = 'std::atomic<int>::load(std::memory_order) const /usr/include/c++/12/bits/atomic_base.h:488 (millrace.node+0x99)';

it('leaves out races between accesses of node', () => {
  expect(reportsAboutAddon(report(inNode, inNode))).toEqual([]);
});
it('keeps a race where either access is the addon\'s', () => {
  expect(reportsAboutAddon(report(inAddon, inNode))).toHaveLength(1);
  expect(reportsAboutAddon(report(inNode, inAddon))).toHaveLength(1);
});
it('looks through the standard library to its caller', () => {
  expect(reportsAboutAddon(report(inNode, inLibrary))).toHaveLength(1);
});
it('keeps other kinds that involve the addon', () => {
  expect(reportsAboutAddon(report(inNode, inNode, 'lock-order-inversion'))).toHaveLength(1);
  expect(reportsAboutAddon(report(inNode, inNode, 'lock-order-inversion').replace('millrace.node', 'node'))).toHaveLength(0);
});
it('keeps what the runtime itself died of, and counts each report', () => {
  expect(reportsAboutAddon('FATAL: ThreadSanitizer: unexpected memory mapping\n')).toHaveLength(1);
  expect(reportsAboutAddon(report(inAddon, inNode) + report(inNode, inNode) + report(inNode, inAddon))).toHaveLength(2);
});
