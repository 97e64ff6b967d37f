/** Worker file of the poolifier trial. */
import { importPeer } from './peers.js';
import * as tasks from './tasks.js';

const { ThreadWorker } = await importPeer('poolifier');
const { default: _, ...functions } = tasks;
export default new ThreadWorker(functions);
