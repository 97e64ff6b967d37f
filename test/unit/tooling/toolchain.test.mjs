import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BuildError, buildAddon, buildJobs, explainFailure, findExecutable, prebuildFolder, whyNotLoadable } from '../../../scripts/toolchain.mjs';

/** @type {string} */
let folder;
const { PATH, CXX, MILLRACE_BUILD_JOBS } = process.env;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-toolchain-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  for (const [name, value] of Object.entries({ PATH, CXX, MILLRACE_BUILD_JOBS })) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

/** Puts executables that do nothing on a PATH of their own. @param {string[]} names */
function onlyOnPath(...names) {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  for (const name of names) {
    writeFileSync(join(bin, name), '#!/bin/sh\nexit 0\n');
    chmodSync(join(bin, name), 0o755);
  }
  process.env.PATH = bin;
  delete process.env.CXX;
}

describe('remedies for what is missing', () => {
  it.each([
    ['CMake', [], 'apt-get install cmake'],
    ['a compiler', ['cmake'], 'apt-get install g++'],
    ['a build tool', ['cmake', 'g++'], 'apt-get install ninja-build'],
  ])('%s', (_what, present, remedy) => {
    onlyOnPath(...present);
    expect(() => buildAddon({ folder: join(folder, 'build') })).toThrow(BuildError);
    expect(() => buildAddon({ folder: join(folder, 'build') })).toThrow(remedy);
  });

  it.each([
    // CMake wraps the lines of a message as it likes.
    ['CMake Error at cmake/x.cmake:8 (message):\n  MILLRACE_MISSING_LIBRARY lz4: install liblz4-dev (Debian/Ubuntu: apt-get\n  install liblz4-dev)\n', 'liblz4-dev'],
    ['MILLRACE_MISSING_LIBRARY crypto: install libssl-dev', 'openssl-devel'],
    ['MILLRACE_MISSING_LIBRARY xxhash: install libxxhash-dev', 'brew install xxhash'],
    ['MILLRACE_MISSING_LIBRARY zebra: install\n  libzebra-dev\n\nCall Stack', 'zebra is missing: install libzebra-dev'],
    ['No CMAKE_CXX_COMPILER could be found.', 'apt-get install g++'],
    ["c++: error: unrecognized command line option '-std=c++20'", 'too old'],
    ['Target "core" requires the language dialect "CXX20"', 'too old'],
    ['CMake 3.22 or higher is required.  You are running version 3.16.3', 'CMake 3.22 or newer'],
    ['CMake was unable to find a build program corresponding to "Unix Makefiles".', 'ninja-build'],
  ])('recognises %j', (output, remedy) => {
    expect(explainFailure(output)).toContain(remedy);
  });

  it('does not guess about an ordinary compiler error', () => {
    expect(explainFailure("file.cc:3:1: error: 'x' was not declared in this scope")).toBeUndefined();
  });
});

describe('buildJobs', () => {
  it('obeys MILLRACE_BUILD_JOBS', () => {
    process.env.MILLRACE_BUILD_JOBS = '3';
    expect(buildJobs()).toBe(3);
  });
  it.each(['0', '-1', '1.5', 'many'])('refuses %s', (value) => {
    process.env.MILLRACE_BUILD_JOBS = value;
    expect(() => buildJobs()).toThrow(`received "${value}"`);
  });
  it('uses at least one process by itself', () => {
    delete process.env.MILLRACE_BUILD_JOBS;
    expect(buildJobs()).toBeGreaterThanOrEqual(1);
  });
});

it('finds executables in PATH order, and only executable ones', () => {
  onlyOnPath('tool');
  writeFileSync(join(folder, 'bin', 'plain'), '');
  expect(findExecutable('tool')).toBe(join(folder, 'bin', 'tool'));
  expect(findExecutable('plain')).toBeUndefined();
  expect(findExecutable('absent')).toBeUndefined();
});

it('says why a binary does not load', () => {
  expect(whyNotLoadable(join(folder, 'absent.node'))).toBe('there is none');
  const broken = join(folder, 'broken.node');
  writeFileSync(broken, 'not a shared object');
  expect(whyNotLoadable(broken)).toMatch(/broken\.node/);
});

it('names the prebuild by platform, architecture and libc', () => {
  expect(prebuildFolder()).toMatch(process.platform === 'linux' ? /^linux-\w+-(glibc|musl)$/ : /^\w+-\w+$/);
});
