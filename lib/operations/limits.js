// How large results may be.
import { constants } from 'node:buffer';

/** The default of `maxBytes`. */
export const DEFAULT_MAX_BYTES = 1024 * 1024 * 1024;

/** What a Buffer can hold. */
export const MOST_BYTES = constants.MAX_LENGTH;
