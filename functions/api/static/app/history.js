/** The ids of this browser's jobs, until they expire. Each user's jobs are stored separately. */
import { known } from './known.js';
import { read, write } from './storage.js';

const OF_GUESTS = 'jobs';
const OWN = known.session ? `jobs.${known.session.key}` : OF_GUESTS;
// The most jobs of which one request gets the status.
const MOST = 100;

export const remember = ({ id, expires_at: until }) => write(OWN, [...read(OWN, []), { id, until }].slice(-MOST));

export const forget = (id) => [OF_GUESTS, OWN].forEach((name) => keep(name, (entry) => entry.id !== id));

/** The ids of jobs that have not expired, of the user and of guests. */
export function recall() {
  const left = [...new Set([OF_GUESTS, OWN])].flatMap((name) => keep(name, ({ until }) => new Date(until) > new Date()));
  return left.slice(-MOST).map(({ id }) => id);
}

function keep(name, isKept) {
  const left = read(name, []).filter(isKept);
  write(name, left.length ? left : null);
  return left;
}
