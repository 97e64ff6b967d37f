// Line coverage of native/ by the GoogleTest suites (gcovr) and of lib/ by Vitest (V8).
// Reports: build/coverage/native/index.html, build/coverage/js/index.html.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { BuildError, buildAddon, packageRoot } from './toolchain.mjs';
import { buildPreset, runOrThrow } from './preset.mjs';
import { closeWith, runCtest, runVitest } from './test.mjs';

try {
  const folder = buildPreset('coverage', { definitions: ['-DMILLRACE_ADDON=OFF'] });
  const tallies = [runCtest(folder)];
  const report = join(packageRoot, 'build', 'coverage', 'native');
  mkdirSync(report, { recursive: true });
  runOrThrow('gcovr', ['--root', packageRoot, '--filter', 'native/', '--exclude-throw-branches', '--print-summary',
    '--html-details', join(report, 'index.html'), '--output', join(report, 'summary.txt'), folder]);
  buildAddon();
  tallies.push(runVitest(['--coverage', '--project', 'unit', '--project', 'lifecycle']));
  closeWith(tallies);
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
