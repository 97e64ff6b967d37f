/**
 * The work of the crash table: a number takes about six milliseconds and comes back doubled; anything else is the
 * poisonous item and says what it does.
 */
import { setTimeout as sleep } from 'node:timers/promises';

const poisons = {
  exit: () => process.exit(3),
  'async throw': () => new Promise(() => setTimeout(() => { throw Object.assign(new Error('from a timer'), { code: 'E_MINE' }); }, 1)),
  rejection: () => { Promise.reject(new RangeError('nobody catches')); return new Promise(() => {}); },
  late: () => { setTimeout(() => { throw new Error('too late'); }, 3); return 'settled'; },
  memory: () => { const hold = []; for (;;) hold.push(new Array(1e5).fill(hold.length)); },
  loop: () => { for (;;); },
  unclonable: () => ({ f() {} }),
  'own code': () => { throw Object.assign(new TypeError('mine', { cause: new Error('inner') }), { code: 'E_MINE', field: 7 }); },
};

/** @param {number | { poison: string }} item */
export async function work(item) {
  if (typeof item === 'number') {
    await sleep(6);
    return item * 2;
  }
  return /** @type {any} */ (poisons)[item.poison]();
}

export default work;
