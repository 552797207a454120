/** Whether the service can be reached. What can't be sent waits until it can, and is sent again. */
import { NetworkError, address } from './api.js';
import { change, now } from './store.js';

const FIRST_PAUSE = 1000, LONGEST_PAUSE = 15000;
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

async function untilReachable() {
  for (let milliseconds = FIRST_PAUSE; !(await isReachable()); milliseconds = Math.min(2 * milliseconds, LONGEST_PAUSE)) {
    change({ online: false });
    await pause(milliseconds);
  }
  change({ online: true });
  restored = null;
}

/** What `attempt` comes to, however often the connection breaks. It has to be one that may be made twice. */
export async function persist(attempt, onBreak = () => {}) {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      onBreak();
      await pause(FIRST_PAUSE / 4);
      await (restored ??= untilReachable());
    }
  }
}
