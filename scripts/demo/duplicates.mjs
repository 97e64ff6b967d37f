// Which files are the same, and what that costs.

/**
 * @typedef {import('./native-job.mjs').HashedFile} HashedFile
 *
 * @typedef {object} DuplicateGroup
 * @property {number} size          bytes of each
 * @property {string[]} paths
 * @property {number} wastedBytes   of all copies but one; hard links waste nothing
 */

/**
 * Groups of two and more files of equal size and digest. Empty files are all alike and waste nothing: they are left out.
 *
 * @param {HashedFile[]} files
 * @returns {HashedFile[][]}
 */
export function equalFiles(files) {
  /** @type {Map<string, HashedFile[]>} */
  const groups = new Map();
  for (const file of files) {
    if (file.size === 0) continue;
    const key = `${file.size}:${file.hash}`;
    const group = groups.get(key);
    if (group) group.push(file);
    else groups.set(key, [file]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

/**
 * @param {HashedFile[][]} groups
 * @param {Map<HashedFile, { dev: number, ino: number }>} statusOf  hard links of one file share dev and ino, and waste nothing
 * @returns {DuplicateGroup[]} the most wasteful first
 */
export function duplicateGroups(groups, statusOf) {
  const identityOf = (/** @type {HashedFile} */ file) => {
    const status = statusOf.get(file);
    return status ? `${status.dev}:${status.ino}` : file;
  };
  return groups
    .map((group) => {
      const { size } = group[0];
      const copies = new Set(group.map(identityOf)).size;
      return { size, paths: group.map(({ path }) => path), wastedBytes: (copies - 1) * size };
    })
    .sort((a, b) => b.wastedBytes - a.wastedBytes);
}
