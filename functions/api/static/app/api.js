/** Calls of the API, with the credential that there is, and its refusals as errors that say what it says. */
import { ROOT } from './known.js';
import { change, now } from './store.js';
import { read, write } from './storage.js';

export const UNAUTHORIZED = 401;
export const WAIT = 'Retry-After';

/** `detail` is the API's own sentence; `body` has what else it tells, such as how many credits are missing.

`wait` are the seconds after which it may be asked again, NaN where it doesn't say.
*/
export class ApiError extends Error {
  constructor(status, body, wait = NaN) {
    super(sentenceOf(body?.detail) || `HTTP ${status}`);
    Object.assign(this, { status, body: body ?? {}, wait });
  }
}

/** No answer has come. */
export class NetworkError extends Error {}

/** For 422 it is FastAPI's list, of which each entry has a sentence, and says what it is about. */
function sentenceOf(detail) {
  return Array.isArray(detail) ? detail.map(({ loc, msg }) => `${subjectOf(loc)}${msg.replace(/^Value error, /, '')}`).join(' ') : detail;
}

/** Only a setting is something that a reader has entered. */
const subjectOf = ([, parent, name]) => (parent === 'settings' && name ? `${name}: ` : '');

export const address = (path) => new URL(path, ROOT);

export const guestToken = () => read('guest', null);

export const rememberGuest = (token) => token && write('guest', token);

/** Who has signed in is known by a cookie that no script can read, and by the token that this page alone has. */
export function credentials() {
  const { session } = now();
  if (session) return { Authorization: `Page ${session.token}` };
  return guestToken() ? { 'X-Session-Token': guestToken() } : {};
}

export async function send(path, { method = 'GET', json, headers = {}, ...options } = {}) {
  const body = json === undefined ? {} : { body: JSON.stringify(json) };
  const type = json === undefined ? {} : { 'Content-Type': 'application/json' };
  let answer;
  try {
    const all = { Accept: 'application/json', ...type, ...credentials(), ...headers };
    answer = await fetch(address(path), { method, headers: all, ...body, ...options });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new NetworkError(error.message);
  }
  if (answer.ok || answer.type === 'opaqueredirect') return answer;
  throw await refusal(answer.status, answer.text(), answer.headers.get(WAIT));
}

export const call = async (path, options) => (await send(path, options)).json();

export async function refusal(status, text, wait) {
  let body = null;
  try {
    body = JSON.parse(await text);
  } catch {
    // A proxy's own page.
  }
  if (status === UNAUTHORIZED && now().session) change({ session: { ...now().session, isOver: true } });
  return new ApiError(status, body, parseFloat(wait));
}
