// When a worker may be started: at once, or after a pause once workers have died before they were ready. After
// several such deaths in a row it says that there is no point; the next demand is given one more try.

const PAUSES_MS = [0, 100, 400];

export class StartPolicy {
  /** @param {() => void} onMayStart called after a pause */
  constructor(onMayStart) {
    this.#onMayStart = onMayStart;
  }

  #onMayStart;
  #failures = 0;
  /** Keeps the process alive while someone waits for the worker. @type {NodeJS.Timeout | null} */
  #pause = null;

  mayStart() {
    this.#pause?.ref();
    return this.#pause === null;
  }

  succeeded() {
    this.#failures = 0;
  }

  /** @returns {boolean} whether to try again */
  failed() {
    const pauseMs = PAUSES_MS[Math.min(this.#failures++, PAUSES_MS.length - 1)];
    this.#pause ??= setTimeout(() => {
      this.#pause = null;
      this.#onMayStart();
    }, pauseMs);
    if (this.#failures <= PAUSES_MS.length) return true;
    this.#pause.unref();
    return false;
  }

  stop() {
    if (this.#pause !== null) clearTimeout(this.#pause);
    this.#pause = null;
  }
}
