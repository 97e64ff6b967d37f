/** Worker file of the workerpool trial. */
import { importPeer } from './peers.js';
import * as tasks from './tasks.js';

const workerpool = (await importPeer('workerpool')).default;
const { default: _, ...methods } = tasks;
workerpool.worker(methods);
