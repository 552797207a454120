/** The jobs of this browser, by their ids, until they expire. */
import { read, write } from './storage.js';

const NAME = 'jobs';
// As many as one call tells of.
const MOST = 100;

const entries = () => read(NAME, []);

export const remember = ({ id, expires_at: until }) => write(NAME, [...entries(), { id, until }].slice(-MOST));

export const forget = (id) => write(NAME, entries().filter((entry) => entry.id !== id));

/** Ids of those that have not expired. */
export function recall() {
  const left = entries().filter(({ until }) => new Date(until) > new Date());
  write(NAME, left);
  return left.map(({ id }) => id);
}
