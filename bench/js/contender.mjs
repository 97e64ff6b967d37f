// What runs in each fresh process: one contender of one trial, or a trial's prepare. Its report goes to file descriptor 3, so that
// whatever a contender prints cannot be mistaken for it.
//
//   node contender.mjs FILE TRIAL CONTENDER     (an empty CONTENDER means prepare; the context comes on stdin)

import { readFileSync, writeSync } from 'node:fs';
import { loadTrials } from '../harness/trials.mjs';
import { loadPeer } from './peers.mjs';

const kReport = 3;

const [file, trialName, contenderName] = process.argv.slice(2);
const context = JSON.parse(readFileSync(0, 'utf8'));
const trial = (await loadTrials(file)).find(({ name }) => name === trialName);
if (!trial) throw new Error(`${file} has no trial named "${trialName}"`);

const report =
  contenderName === ''
    ? ((await trial.prepare?.(context)) ?? null)
    : await trial.contenders[contenderName].run({ ...context, peer: loadPeer });

const bytes = Buffer.from(JSON.stringify(report));
for (let sent = 0; sent < bytes.length;) sent += writeSync(kReport, bytes, sent);
// Pools that a contender left open must not add to the time of the run.
process.exit(0);
