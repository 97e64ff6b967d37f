// For the worker placement: runs in an isolate of its own.
import { createHash } from 'node:crypto';

export function sha256(item) {
  return createHash('sha256').update(item).digest('hex');
}
