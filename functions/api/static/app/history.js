/** The jobs of this browser, by their ids, until they expire. Those of somebody who has signed in are for that user alone. */
import { known } from './known.js';
import { read, write } from './storage.js';

const OF_GUESTS = 'jobs';
const OWN = known.session ? `jobs.${known.session.key}` : OF_GUESTS;
// As many as one call tells of.
const MOST = 100;

export const remember = ({ id, expires_at: until }) => write(OWN, [...read(OWN, []), { id, until }].slice(-MOST));

export const forget = (id) => [OF_GUESTS, OWN].forEach((name) => keep(name, (entry) => entry.id !== id));

/** Ids of those that have not expired, of guests, too. */
export function recall() {
  const left = [...new Set([OF_GUESTS, OWN])].flatMap((name) => keep(name, ({ until }) => new Date(until) > new Date()));
  return left.slice(-MOST).map(({ id }) => id);
}

function keep(name, isKept) {
  const left = read(name, []).filter(isKept);
  write(name, left.length ? left : null);
  return left;
}
