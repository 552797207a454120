/** Whether the service can be reached. What can't be sent waits until it can, and is sent again. */
import { ApiError, NetworkError, address } from './api.js';
import { change, now } from './store.js';

const FIRST_PAUSE = 1000, LONGEST_PAUSE = 15000;
// What fails while the service can be reached may fail for good, as a file does that has changed on the disk.
const MOST_FAILURES = 5;
const TOO_MANY = 429;
const BUSY = [502, 503, 504];
// A limit by the minute passes while one looks on; one by the day does not.
const LONGEST_WAIT = 90;
let restored = null;

export function watchConnection() {
  addEventListener('offline', () => change({ online: false }));
  addEventListener('online', () => now().online || isReachable().then((is) => is && change({ online: true })));
}

async function isReachable() {
  try {
    return (await fetch(address('health'), { cache: 'no-store' })).ok;
  } catch {
    return false;
  }
}

const pause = (milliseconds) =>
  new Promise((resume) => {
    const timer = setTimeout(done, milliseconds);
    function done() {
      clearTimeout(timer);
      removeEventListener('online', done);
      resume();
    }
    addEventListener('online', done);
  });

/** Whether it could not be reached meanwhile. */
async function untilReachable() {
  let wasAway = false;
  for (let milliseconds = FIRST_PAUSE; !(await isReachable()); milliseconds = Math.min(2 * milliseconds, LONGEST_PAUSE)) {
    wasAway = true;
    change({ online: false });
    await pause(milliseconds);
  }
  change({ online: true });
  restored = null;
  return wasAway;
}

/** Of a limit by the minute, which is told with the time after which it has passed. Missing credits are no such limit. */
const isPaced = ({ status, wait, body }) => status === TOO_MANY && wait <= LONGEST_WAIT && body.credits_needed === undefined;

const isBusy = ({ status, wait }) => BUSY.includes(status) && !(wait > LONGEST_WAIT);

/** Whether it may be tried again now: the connection broke, or the service says that it is busy. */
const passes = (error) => error instanceof NetworkError || (error instanceof ApiError && (isBusy(error) || isPaced(error)));

/** Returns whether this counts as a failure: it does not where it is known to have been the connection, or a limit. */
async function recover(error, failures) {
  if (error instanceof ApiError) {
    await pause(error.wait * 1000 || FIRST_PAUSE * 2 ** failures);
    return !isPaced(error);
  }
  await pause((FIRST_PAUSE / 4) * 2 ** failures);
  return !(await (restored ??= untilReachable()));
}

/** What `attempt` comes to, however often the connection breaks. It has to be one that may be made twice.

Throws the last error where it fails again and again though the service can be reached.
*/
export async function persist(attempt, onBreak = () => {}) {
  for (let failures = 0; ; ) {
    try {
      return await attempt();
    } catch (error) {
      if (!passes(error)) throw error;
      onBreak();
      failures = (await recover(error, failures)) ? failures + 1 : 0;
      if (failures >= MOST_FAILURES) throw error;
    }
  }
}
