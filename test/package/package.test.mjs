// What a user gets: the tarball, installed into an empty project, imported and required; and the
// build from source that stands in where no prebuilt binary fits.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const checkout = join(import.meta.dirname, '..', '..');
/** @type {string} */
let work;
/** @type {string[]} */
let packed;
/** @type {string} */
let tarball;
/** @type {string} */
let installed;

/** The environment of a user: nothing of the npm that runs the tests, no addon named. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|MILLRACE_|NODE_OPTIONS|VITEST)/i.test(name)));

/** @param {string} command @param {string[]} args @param {string} cwd @param {NodeJS.ProcessEnv} [extra] */
function run(command, args, cwd, extra = {}) {
  const child = spawnSync(command, args, { cwd, encoding: 'utf8', env: { ...env, ...extra }, maxBuffer: 1 << 26 });
  return { status: child.status, stdout: child.stdout ?? '', stderr: child.stderr ?? String(child.error ?? '') };
}

/** @param {string} command @param {string[]} args @param {string} cwd @param {NodeJS.ProcessEnv} [extra] */
function runOk(command, args, cwd, extra) {
  const result = run(command, args, cwd, extra);
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${result.status}:\n${result.stdout}\n${result.stderr}`);
  return result.stdout;
}

/** An empty project that has installed the tarball without running any script. @param {string} name */
function project(name) {
  const folder = join(work, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version: '1.0.0', private: true }));
  runOk('npm', ['install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', tarball], folder);
  return folder;
}

beforeAll(() => {
  work = realpathSync(mkdtempSync(join(tmpdir(), 'millrace-package-')));
  const staging = join(work, 'staging');
  // Tests and benchmarks come along, so that their absence from the tarball says something.
  const left = new Set(['.git', 'node_modules', 'build', 'prebuilds', 'coverage', 'results']);
  cpSync(checkout, staging, { recursive: true, filter: (source) => !left.has(basename(source)) });
  runOk(process.execPath, [join(checkout, 'scripts', 'prebuild.mjs'), '--output', join(staging, 'prebuilds')], checkout);
  const [summary] = JSON.parse(runOk('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', work], staging));
  packed = summary.files.map((/** @type {{ path: string }} */ { path }) => path);
  tarball = join(work, summary.filename);
  installed = project('consumer');
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

describe('the tarball', () => {
  it('holds what running, typing and building from source need', () => {
    expect(packed).toEqual(expect.arrayContaining([
      'package.json', 'lib/index.js', 'lib/native.js', 'types/index.d.ts', 'CMakeLists.txt', 'native/CMakeLists.txt',
      'native/binding/exports.map', 'scripts/install.mjs', 'scripts/toolchain.mjs',
    ]));
    expect(packed.filter((path) => path.startsWith('cmake/')).length).toBeGreaterThan(0);
    expect(packed.filter((path) => /^prebuilds\/[^/]+\/millrace\.node$/.test(path))).toHaveLength(1);
  });

  it('holds no tests, benchmarks or other development files', () => {
    expect(packed.filter((path) => /^(test|bench|build|\.ci|\.github)\/|_test\.cc$|\.test\.|(^|\/)(eslint|vitest)\.config|tsconfig/.test(path))).toEqual([]);
    const scripts = packed.filter((path) => path.startsWith('scripts/'));
    expect(scripts.sort()).toEqual(['scripts/install.mjs', 'scripts/toolchain.mjs']);
  });
});

const hundredItems = `
  const processor = new ParallelProcessor(async (n) => n * 2, { concurrency: 4, batchSize: 50 });
  const { results, errors, stats } = await processor.process(Array.from({ length: 100 }, (_, i) => i));
  console.log(JSON.stringify({ count: results.length, last: results.at(-1), errors: errors.length, successful: stats.successful }));
`;
const hundredDone = { count: 100, last: 198, errors: 0, successful: 100 };

/** Reports where the addon that answered lies, through the public API only. */
const oneHash = `
  const { results, errors } = await new ParallelProcessor(operations.hash({ algorithm: 'sha256' })).process([Buffer.from('abc')]);
  if (errors.length > 0) throw errors[0].error;
  const addon = process.report.getReport().sharedObjects.find((file) => file.endsWith('millrace.node'));
  console.log(JSON.stringify({ hash: JSON.stringify(results[0]), addon }));
`;
const sha256OfAbc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

/** @param {string} folder @param {string} code */
const importing = (folder, code) => JSON.parse(runOk(process.execPath, ['--input-type=module', '-e',
  `import { ParallelProcessor, operations } from 'millrace'; void operations; ${code}`], folder));

describe('installed with --ignore-scripts', () => {
  it('import runs 100 items', () => {
    expect(importing(installed, hundredItems)).toEqual(hundredDone);
  });

  it('require runs 100 items', () => {
    const code = `const { ParallelProcessor } = require('millrace'); (async () => { ${hundredItems} })();`;
    expect(JSON.parse(runOk(process.execPath, ['--no-warnings', '-e', code], installed))).toEqual(hundredDone);
  });

  it('native work uses the prebuilt binary', () => {
    const { hash, addon } = importing(installed, oneHash);
    expect(hash).toContain(sha256OfAbc);
    expect(relative(join(installed, 'node_modules', 'millrace'), addon)).toMatch(/^prebuilds\//);
  });

  it('the install hook is content with the prebuilt binary, without any tool on PATH', () => {
    const result = run(process.execPath, [join(installed, 'node_modules', 'millrace', 'scripts', 'install.mjs')], installed, { PATH: '' });
    expect(result.stderr).toBe('');
    expect(result.stdout).toMatch(/^millrace: using the prebuilt binary for \S+\n$/);
    expect(result.status).toBe(0);
  });

  it('TypeScript finds the types', () => {
    writeFileSync(join(installed, 'check.mts'), `
      import { ParallelProcessor } from 'millrace';
      const { results } = await new ParallelProcessor(async (n: number) => String(n)).process([1]);
      export const first: string | undefined = results[0];
    `);
    const result = run(process.execPath, [join(checkout, 'node_modules', 'typescript', 'bin', 'tsc'), '--noEmit', '--strict', '--target', 'es2023',
      '--module', 'nodenext', '--typeRoots', join(checkout, 'node_modules', '@types'), '--types', 'node', 'check.mts'], installed);
    expect(result.stdout).toBe('');
    expect(result.status).toBe(0);
  });
});

describe('without a prebuilt binary', () => {
  it('an install without tools names the remedy and fails', () => {
    const bare = project('bare');
    const root = join(bare, 'node_modules', 'millrace');
    rmSync(join(root, 'prebuilds'), { recursive: true });
    const result = run(process.execPath, [join(root, 'scripts', 'install.mjs')], bare, { PATH: '' });
    expect(result.stderr).toContain('millrace: the native addon could not be built.');
    expect(result.stderr).toContain('apt-get install cmake');
    expect(result.stderr).not.toContain('    at '); // words, not a stack trace
    expect(result.status).toBe(1);
  });

  it('a binary that does not load is not used', () => {
    const foreign = project('foreign');
    const root = join(foreign, 'node_modules', 'millrace');
    const prebuild = packed.find((path) => path.startsWith('prebuilds/')) ?? '';
    writeFileSync(join(root, prebuild), 'for another machine');
    const result = run(process.execPath, [join(root, 'scripts', 'install.mjs')], foreign, { PATH: '' });
    expect(result.status).toBe(1);
    expect(result.stderr).toContain('CMake');
  });

  it('MILLRACE_BUILD_FROM_SOURCE=1 builds from the tarball alone', () => {
    const built = project('built');
    const root = join(built, 'node_modules', 'millrace');
    runOk('npm', ['rebuild', 'millrace', '--foreground-scripts'], built, { MILLRACE_BUILD_FROM_SOURCE: '1' });
    expect(existsSync(join(root, 'build', 'addon', 'millrace.node'))).toBe(true);
    rmSync(join(root, 'prebuilds'), { recursive: true });
    const { hash, addon } = importing(built, oneHash);
    expect(hash).toContain(sha256OfAbc);
    expect(relative(root, addon)).toBe(join('build', 'addon', 'millrace.node'));
  });
});
