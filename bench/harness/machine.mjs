// What a result must say about where it was measured.

import { readFileSync } from 'node:fs';
import os from 'node:os';

/**
 * @typedef {object} Machine
 * @property {string} cpu
 * @property {number} cores      usable by this process
 * @property {number} memory     bytes
 * @property {string} platform
 * @property {string} node
 */

/** @returns {Machine} */
export function describeMachine() {
  return {
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memory: os.totalmem(),
    platform: `${os.platform()} ${os.arch()} ${os.release()}`,
    node: process.version,
  };
}

/** The one-minute load average; 0 on Windows, which has none. */
export function currentLoad() {
  return Math.round(os.loadavg()[0] * 100) / 100;
}

/**
 * Peak resident memory of this process in bytes. getrusage is only the fallback: on Linux its maximum is inherited through
 * exec, so that a small child of a big parent reports the parent's peak.
 */
export function peakMemory() {
  try {
    const peak = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'));
    if (peak) return Number(peak[1]) * 1024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}
