import { defineConfig } from 'vitest/config';

// Sanitizers make everything several times slower.
const patience = process.env.MILLRACE_SANITIZER === undefined ? 1 : 5;

/** @param {string} name @param {import('vitest/config').UserWorkspaceConfig['test']} [test] */
const project = (name, test = {}) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.{js,mjs,ts}`],
    // Processes, not threads: a crash of the addon is then the failure of one file, and each file
    // starts with fresh process-wide native state.
    pool: /** @type {const} */ ('forks'),
    execArgv: ['--expose-gc'],
    hookTimeout: 60_000 * patience,
    ...test,
    testTimeout: (test.testTimeout ?? 60_000) * patience,
  },
});

export default defineConfig({
  test: {
    projects: [
      project('unit'),
      project('lifecycle', { testTimeout: 120_000 }),
      project('types', { testTimeout: 120_000 }),
      project('package', { testTimeout: 600_000, hookTimeout: 600_000, fileParallelism: false }),
      project('stress', { testTimeout: 600_000, fileParallelism: false }),
    ],
    coverage: { provider: 'v8', include: ['lib/**'], reportsDirectory: 'build/coverage/js', reporter: ['text', 'html'] },
  },
});
