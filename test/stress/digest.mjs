import { createHash } from 'node:crypto';

export default function digest(item) {
  return createHash('md5').update(item).digest('hex');
}
