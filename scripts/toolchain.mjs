// Configures and builds the addon with CMake. Used by the npm install hook of a published package,
// so it needs nothing but Node, and it never downloads anything.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const packageRoot = dirname(dirname(fileURLToPath(import.meta.url)));
export const addonBuildFolder = join(packageRoot, 'build', 'addon');
export const addonPath = join(addonBuildFolder, 'millrace.node');

const isWindows = process.platform === 'win32';

// How each missing piece is called by the package managers people have.
const packages = {
  cmake: { debian: 'cmake', fedora: 'cmake', brew: 'cmake' },
  compiler: { debian: 'g++', fedora: 'gcc-c++', brew: null },
  buildTool: { debian: 'ninja-build', fedora: 'ninja-build', brew: 'ninja' },
  lz4: { debian: 'liblz4-dev', fedora: 'lz4-devel lz4-static', brew: 'lz4' },
  zstd: { debian: 'libzstd-dev', fedora: 'libzstd-devel', brew: 'zstd' },
  z: { debian: 'zlib1g-dev', fedora: 'zlib-devel', brew: 'zlib' },
  deflate: { debian: 'libdeflate-dev', fedora: 'libdeflate-devel', brew: 'libdeflate' },
  blake3: { debian: 'librust-blake3-dev', fedora: 'blake3-devel', brew: 'blake3' },
  md4c: { debian: 'libmd4c-dev', fedora: 'md4c-devel', brew: 'md4c' },
  yaml: { debian: 'libyaml-dev', fedora: 'libyaml-devel', brew: 'libyaml' },
  tomlplusplus: { debian: 'libtomlplusplus-dev', fedora: 'tomlplusplus-devel', brew: 'tomlplusplus' },
  re2: { debian: 'libre2-dev', fedora: 're2-devel', brew: 're2' },
  simdjson: { debian: 'libsimdjson-dev', fedora: 'simdjson-devel', brew: 'simdjson' },
  crypto: { debian: 'libssl-dev', fedora: 'openssl-devel', brew: 'openssl@3' },
  xxhash: { debian: 'libxxhash-dev', fedora: 'xxhash-devel', brew: 'xxhash' },
};

/** The Debian packages of the libraries that end up in the addon or beside it. */
export function libraryPackages() {
  return Object.entries(packages).filter(([name]) => !['cmake', 'compiler', 'buildTool'].includes(name)).map(([, { debian }]) => debian);
}

/** A reason why the addon cannot be built, in words for the person who runs `npm install`. */
export class BuildError extends Error {
  /** @param {string} message @param {{ log?: string, tail?: string }} [details] */
  constructor(message, details = {}) {
    super(message);
    this.name = 'BuildError';
    this.log = details.log;
    this.tail = details.tail;
  }
}

/** @param {string} what @param {keyof typeof packages} piece */
export function remedyFor(what, piece) {
  const names = packages[piece];
  const macos = names.brew === null ? 'xcode-select --install' : `brew install ${names.brew}`;
  return [
    `${what} is missing. Install it and run the command again:`,
    `  Debian, Ubuntu:  apt-get install ${names.debian}`,
    `  Fedora:          dnf install ${names.fedora}`,
    `  macOS:           ${macos}`,
    ...(isWindows ? ['  Windows:         Visual Studio 2022 with "Desktop development with C++", and vcpkg for libraries'] : []),
  ].join('\n');
}

/** The full path of an executable on PATH, or undefined. @param {string} name */
export function findExecutable(name) {
  const extensions = isWindows ? (process.env.PATHEXT ?? '.EXE;.CMD').split(';') : [''];
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    if (folder === '') continue;
    for (const extension of extensions) {
      const candidate = join(folder, name + extension);
      try {
        accessSync(candidate, constants.X_OK);
        return candidate;
      } catch {
        // Not in this folder.
      }
    }
  }
  return undefined;
}

/** Where npm put a dependency: beside us, or hoisted into any folder above. @param {string} name */
function dependencyFolder(name) {
  try {
    return dirname(createRequire(join(packageRoot, 'package.json')).resolve(`${name}/package.json`));
  } catch {
    throw new BuildError(`The npm package ${name} is not installed. Run npm install in ${packageRoot}.`);
  }
}

function compilerIsThere() {
  if (isWindows) return true; // CMake finds Visual Studio without PATH.
  const wanted = process.env.CXX ? [process.env.CXX.split(' ')[0] ?? ''] : ['c++', 'g++', 'clang++'];
  return wanted.some((name) => findExecutable(name) !== undefined || existsSync(name));
}

function requireToolchain() {
  const cmake = findExecutable('cmake');
  if (cmake === undefined) throw new BuildError(remedyFor('CMake (3.22 or newer)', 'cmake'));
  if (!compilerIsThere()) throw new BuildError(remedyFor('A C++20 compiler (GCC 11, Clang 14 or newer)', 'compiler'));
  const ninja = findExecutable('ninja') ?? findExecutable('ninja-build');
  if (ninja === undefined && !isWindows && findExecutable('make') === undefined) {
    throw new BuildError(remedyFor('Ninja (or make)', 'buildTool'));
  }
  return { cmake, ninja };
}

/** Turns what CMake or the compiler printed into a remedy, where the cause is known. @param {string} output */
export function explainFailure(output) {
  const library = /MILLRACE_MISSING_LIBRARY\s+(\S+?):\s*([^\n]*(?:\n[^\n]+)*)/.exec(output);
  if (library?.[1] !== undefined) {
    const name = library[1];
    if (name in packages) return remedyFor(`The library ${name}`, /** @type {keyof typeof packages} */ (name));
    return `${name} is missing: ${(library[2] ?? '').replace(/\s+/g, ' ').trim()}`;
  }
  if (/No CMAKE_C(XX)?_COMPILER could be found|CMAKE_C(XX)?_COMPILER not set/.test(output)) {
    return remedyFor('A C++20 compiler (GCC 11, Clang 14 or newer)', 'compiler');
  }
  if (/requires the language dialect "CXX20"|unrecognized command[- ]line option .-std=(c|gnu)\+\+2[0a]/.test(output)) {
    return remedyFor('A compiler that knows C++20 (GCC 11, Clang 14 or newer; the one found is too old)', 'compiler');
  }
  if (/CMake 3\.\d+ or higher is required/.test(output)) return remedyFor('CMake 3.22 or newer (the one found is too old)', 'cmake');
  if (/unable to find a build program corresponding to/.test(output)) return remedyFor('Ninja (or make)', 'buildTool');
  return undefined;
}

/** @param {string} text @param {number} count */
function lastLines(text, count) {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}

/**
 * Runs one build step with its output in the log; a failure carries the remedy or the last lines.
 * @param {string} command @param {string[]} args @param {{ log: string, verbose: boolean }} options
 */
function step(command, args, { log, verbose }) {
  const child = spawnSync(command, args, {
    cwd: packageRoot,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: verbose ? 'inherit' : ['ignore', 'pipe', 'pipe'],
  });
  const output = `${child.stdout ?? ''}${child.stderr ?? ''}`;
  writeFileSync(log, `$ ${command} ${args.join(' ')}\n${output}\n`, { flag: 'a' });
  if (child.error) throw new BuildError(`${command} could not be started: ${child.error.message}`);
  if (child.status !== 0) {
    const remedy = explainFailure(output);
    if (remedy !== undefined) throw new BuildError(remedy, { log });
    throw new BuildError(`The build failed: ${command} ended with ${child.status ?? child.signal}.`, { log, tail: lastLines(output, 30) });
  }
}

/**
 * Configures `folder` unless it has been configured with the same arguments. A tree that was made
 * elsewhere or with another generator is configured afresh: CMake would refuse it.
 * @param {string} cmake @param {string} folder @param {string[]} args @param {{ log: string, verbose: boolean }} options
 */
function configure(cmake, folder, args, options) {
  const stamp = join(folder, 'configured-with.json');
  const wanted = JSON.stringify([packageRoot, cmake, ...args]);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  rmSync(join(folder, 'CMakeCache.txt'), { force: true });
  rmSync(join(folder, 'CMakeFiles'), { recursive: true, force: true });
  step(cmake, args, options);
  writeFileSync(stamp, wanted);
}

export function packageVersion() {
  return /** @type {string} */ (JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')).version);
}

/** The version and the headers from npm, as every CMake configuration of this package needs them. */
export function addonDefinitions() {
  return [
    `-DMILLRACE_PACKAGE_VERSION=${packageVersion()}`,
    `-DNODE_ADDON_API_DIR=${dependencyFolder('node-addon-api')}`,
    `-DNODE_API_HEADERS_DIR=${dependencyFolder('node-api-headers')}`,
  ];
}

/** Compiler launchers of both languages when ccache is there. */
export function cacheDefinitions() {
  const ccache = findExecutable('ccache');
  return ccache === undefined ? [] : [`-DCMAKE_C_COMPILER_LAUNCHER=${ccache}`, `-DCMAKE_CXX_COMPILER_LAUNCHER=${ccache}`];
}

/** How many compiler processes to run: MILLRACE_BUILD_JOBS, else one per usable core. */
export function buildJobs() {
  const asked = process.env.MILLRACE_BUILD_JOBS;
  if (asked === undefined || asked === '') return availableParallelism();
  if (!/^[1-9]\d*$/.test(asked)) throw new BuildError(`MILLRACE_BUILD_JOBS must be a positive integer, received ${JSON.stringify(asked)}.`);
  return Number(asked);
}

/**
 * Builds the release addon into `folder` and returns its path. Quick when nothing has changed.
 * @param {{ folder?: string, verbose?: boolean }} [options]
 */
export function buildAddon({ folder = addonBuildFolder, verbose = false } = {}) {
  const { cmake, ninja } = requireToolchain();
  const jobs = buildJobs();
  mkdirSync(folder, { recursive: true });
  const log = join(folder, 'build.log');
  rmSync(log, { force: true });
  const options = { log, verbose };
  configure(cmake, folder, [
    '-S', packageRoot, '-B', folder,
    ...(ninja === undefined ? [] : ['-G', 'Ninja', `-DCMAKE_MAKE_PROGRAM=${ninja}`]),
    '-DCMAKE_BUILD_TYPE=Release',
    ...addonDefinitions(),
    ...cacheDefinitions(),
  ], options);
  step(cmake, ['--build', folder, '--config', 'Release', '--target', 'addon', '--parallel', String(jobs)], options);
  const built = join(folder, 'millrace.node');
  // Visual Studio and Xcode put a folder named after the configuration in between.
  const nested = join(folder, 'Release', 'millrace.node');
  if (existsSync(nested)) copyFileSync(nested, built);
  return built;
}

/** The folder under prebuilds/ that fits this machine: linux-x64-glibc, darwin-arm64, ... */
export function prebuildFolder() {
  const base = `${process.platform}-${process.arch}`;
  if (process.platform !== 'linux') return base;
  const report = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (/** @type {unknown} */ (process.report.getReport()));
  return `${base}-${report.header.glibcVersionRuntime === undefined ? 'musl' : 'glibc'}`;
}

/**
 * Loads an addon in a process of its own, because a wrong binary may take its process down.
 * Returns undefined when it loads, else why not.
 * @param {string} path
 */
export function whyNotLoadable(path) {
  if (!existsSync(path)) return 'there is none';
  const child = spawnSync(process.execPath, ['-e', 'require(process.argv[1])', path], { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } });
  if (child.status === 0) return undefined;
  const error = /^Error: (.*)$/m.exec(child.stderr ?? '');
  return error?.[1] ?? `node ended with ${child.status ?? child.signal}`;
}
