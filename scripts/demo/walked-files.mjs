// The regular files below a directory, found natively. Symbolic links are not followed.

import { operations } from 'millrace';

/**
 * @param {string} directory  absolute
 * @param {AbortSignal} [signal]
 * @returns {Promise<{ paths: string[], failed: import('./native-job.mjs').FailedFile[] }>}
 */
export async function walkedFiles(directory, signal) {
  const { paths, errors, undecodable } = await operations.walk().run(directory, { ...(signal && { signal }) });
  return {
    paths,
    failed: [
      ...errors.map(({ path, error }) => ({ path, code: error.code })),
      // A name that is not UTF-8 has no string that leads back to the file.
      ...undecodable.map((name) => ({ path: name.toString(), code: 'NOT_UTF8' })),
    ],
  };
}
