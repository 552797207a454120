/** The ids of this browser's jobs, until they expire. Each user's jobs are stored separately. */
import { known } from './known.js';
import { read, write } from './storage.js';

const OF_GUESTS = 'jobs';
const OWN = known.session ? `jobs.${known.session.key}` : OF_GUESTS;
// The most jobs of which one request gets the status.
const MOST_IDS = 100;

export const storeJobId = ({ id, expires_at: until }) => write(OWN, [...read(OWN, []), { id, until }].slice(-MOST_IDS));

export const removeJobId = (id) => [OF_GUESTS, OWN].forEach((name) => filterEntries(name, (entry) => entry.id !== id));

/** The ids of jobs that have not expired, of the user and of guests. */
export function readJobIds() {
  const entries = [...new Set([OF_GUESTS, OWN])].flatMap((name) => filterEntries(name, ({ until }) => new Date(until) > new Date()));
  return entries.slice(-MOST_IDS).map(({ id }) => id);
}

function filterEntries(name, isKept) {
  const entries = read(name, []).filter(isKept);
  write(name, entries.length ? entries : null);
  return entries;
}
