// Progress on standard error: a bar on a terminal, a line every tenth otherwise.

const kBarWidth = 40;
const kRedrawMs = 50;
const kHideCursor = '\x1b[?25l';
const kShowCursor = '\x1b[?25h';

/**
 * @typedef {object} Progress
 * @property {(completed: number, total: number) => void} update
 * @property {() => void} end  takes the bar away and gives the cursor back; may be called twice
 */

/**
 * @param {NodeJS.WriteStream} stream
 * @returns {Progress}
 */
export function makeProgress(stream) {
  return stream.isTTY ? barOn(stream) : linesOn(stream);
}

/** @param {NodeJS.WriteStream} stream @returns {Progress} */
function barOn(stream) {
  let drawnAt = -Infinity;
  let shown = false;
  return {
    update(completed, total) {
      const now = performance.now();
      if (now - drawnAt < kRedrawMs && completed < total) return;
      drawnAt = now;
      const width = Math.min(kBarWidth, Math.max(10, (stream.columns ?? 80) - 40));
      const filled = Math.round((completed / total) * width);
      const bar = '#'.repeat(filled) + '.'.repeat(width - filled);
      stream.write(`${shown ? '' : kHideCursor}\r\x1b[2K[${bar}] ${completed} of ${total} files`);
      shown = true;
    },
    end() {
      if (shown) stream.write(`\r\x1b[2K${kShowCursor}`);
      shown = false;
    },
  };
}

/** @param {NodeJS.WriteStream} stream @returns {Progress} */
function linesOn(stream) {
  let tenths = 0;
  return {
    update(completed, total) {
      const reached = Math.floor((completed / total) * 10);
      if (reached <= tenths) return;
      tenths = reached;
      stream.write(`${reached * 10} % (${completed} of ${total} files)\n`);
    },
    end() {},
  };
}
