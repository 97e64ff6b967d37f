/** Worker file of poolifier in the crash table. */
import { importPeer } from './peers.js';
import { work } from './crash-tasks.js';

const { ThreadWorker } = await importPeer('poolifier');
export default new ThreadWorker({ work });
