// Configures and builds a CMake preset in a checkout, with the output shown.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { BuildError, addonDefinitions, buildJobs, cacheDefinitions, packageRoot } from './toolchain.mjs';

/**
 * Runs a command in the checkout and throws when it fails.
 * @param {string} command @param {string[]} args @param {NodeJS.ProcessEnv} [env]
 */
export function runOrThrow(command, args, env = process.env) {
  const child = spawnSync(command, args, { cwd: packageRoot, stdio: 'inherit', env });
  if (child.error) throw new BuildError(`${command} could not be started: ${child.error.message}. scripts/setup-debian.sh installs what is needed.`);
  if (child.status !== 0) throw new BuildError(`${command} ${args.join(' ')} ended with ${child.status ?? child.signal}`);
}

/** @param {string} preset */
export const presetFolder = (preset) => join(packageRoot, 'build', preset);

/** @param {string} preset @param {{ definitions?: string[] }} [options] */
export function configurePreset(preset, { definitions = [] } = {}) {
  runOrThrow('cmake', ['--preset', preset, '--log-level=WARNING', ...addonDefinitions(), ...cacheDefinitions(), ...definitions]);
}

/**
 * Builds `targets` (everything when empty) of a preset.
 * @param {string} preset @param {{ targets?: string[], definitions?: string[] }} [options]
 */
export function buildPreset(preset, { targets = [], definitions = [] } = {}) {
  configurePreset(preset, { definitions });
  const chosen = targets.flatMap((target) => ['--target', target]);
  runOrThrow('cmake', ['--build', presetFolder(preset), '--parallel', String(buildJobs()), ...chosen]);
  return presetFolder(preset);
}
