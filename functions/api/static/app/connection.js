/** The connection to the service. A request that fails is sent again when the service can be reached. */
import { ApiError, NetworkError, address } from './api.js';
import { change, getState } from './store.js';

const FIRST_PAUSE = 1000, LONGEST_PAUSE = 15000;
// A request that fails although the service can be reached may fail permanently, such as for a file that has changed.
const MOST_FAILURES = 5;
const TOO_MANY = 429;
const BUSY = [502, 503, 504];
// In seconds. The page waits for the end of a rate limit by the minute, but not for that of a limit by the day.
const LONGEST_WAIT = 90;
let reachable = null;

export function watchConnection() {
  addEventListener('offline', () => change({ online: false }));
  addEventListener('online', () => getState().online || isReachable().then((isBack) => isBack && change({ online: true })));
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
    const timer = setTimeout(finish, milliseconds);
    function finish() {
      clearTimeout(timer);
      removeEventListener('online', finish);
      resume();
    }
    addEventListener('online', finish);
  });

/** Waits until the service can be reached. Returns whether it could not be reached at first. */
async function untilReachable() {
  let wasUnreachable = false;
  for (let milliseconds = FIRST_PAUSE; !(await isReachable()); milliseconds = Math.min(2 * milliseconds, LONGEST_PAUSE)) {
    wasUnreachable = true;
    change({ online: false });
    await pause(milliseconds);
  }
  change({ online: true });
  reachable = null;
  return wasUnreachable;
}

/** Whether an error is a rate limit by the minute. Missing credits are not such a limit. */
const isRateLimited = ({ status, wait, body }) => status === TOO_MANY && wait <= LONGEST_WAIT && body.credits_needed === undefined;

const isBusy = ({ status, wait }) => BUSY.includes(status) && !(wait > LONGEST_WAIT);

/** Whether the request may be sent again: the connection broke, the service is busy, or a rate limit was exceeded. */
const isTransient = (error) => error instanceof NetworkError || (error instanceof ApiError && (isBusy(error) || isRateLimited(error)));

/** Waits, and returns whether the error counts as a failure. Broken connections and rate limits do not count. */
async function recover(error, failures) {
  if (error instanceof ApiError) {
    await pause(error.wait * 1000 || FIRST_PAUSE * 2 ** failures);
    return !isRateLimited(error);
  }
  await pause((FIRST_PAUSE / 4) * 2 ** failures);
  return !(await (reachable ??= untilReachable()));
}

/** Calls `attempt` until it succeeds, however often the connection breaks. `attempt` must be repeatable.

Throws the last error if `attempt` fails repeatedly although the service can be reached.
*/
export async function persist(attempt, onBreak = () => {}) {
  for (let failures = 0; ; ) {
    try {
      return await attempt();
    } catch (error) {
      if (!isTransient(error)) throw error;
      onBreak();
      failures = (await recover(error, failures)) ? failures + 1 : 0;
      if (failures >= MOST_FAILURES) throw error;
    }
  }
}
