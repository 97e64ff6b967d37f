/** Worker file of workerpool in the crash table. */
import { importPeer } from './peers.js';
import { work } from './crash-tasks.js';

(await importPeer('workerpool')).default.worker({ work });
