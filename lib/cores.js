// How many cores this process may use.
import { availableParallelism } from 'node:os';
import { native } from './native.js';

/** @type {number | undefined} */
let cores;

/** Affinity and cgroup CPU quota included; without the addon, affinity alone. */
export function usableCores() {
  if (cores === undefined) {
    try {
      cores = native().usableCores();
    } catch {
      cores = availableParallelism();
    }
  }
  return cores;
}
