// Ends the main thread while native work is busy: exit.mjs HOW KIND
import { keepBusy } from './work.mjs';

const [how, kind] = process.argv.slice(2);

/** @type {Record<string, () => void>} */
const ends = {
  exit: () => process.exit(7),
  reallyExit: () => process.reallyExit(7),
  throw: () => setImmediate(() => {
    throw new Error('thrown while busy');
  }),
  reject: () => void Promise.reject(new Error('rejected while busy')),
  abort: () => process.abort(),
  SIGTERM: () => process.kill(process.pid, 'SIGTERM'),
  SIGINT: () => process.kill(process.pid, 'SIGINT'),
  SIGKILL: () => process.kill(process.pid, 'SIGKILL'),
};

process.on('exit', () => process.stdout.write('exit event\n'));
void keepBusy(kind).then(() => {
  process.stdout.write('busy\n');
  ends[how]();
});
