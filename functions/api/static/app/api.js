/** Calls of the API with the visitor's credential. Error answers become `ApiError`s. */
import { ROOT } from './known.js';
import { change, getState } from './store.js';
import { read, write } from './storage.js';

export const UNAUTHORIZED = 401;
export const WAIT = 'Retry-After';

/** An error answer. `detail` is the API's message, `body` the whole answer, such as the number of missing credits.

`wait` is the number of seconds after which to try again, NaN if the answer does not state it.
*/
export class ApiError extends Error {
  constructor(status, body, wait = NaN) {
    super(messageOf(body?.detail) || `HTTP ${status}`);
    Object.assign(this, { status, body: body ?? {}, wait });
  }
}

/** There was no answer. */
export class NetworkError extends Error {}

/** The message of `detail`. For 422 it is FastAPI's list, whose entries have a message and the path of a field. */
function messageOf(detail) {
  return Array.isArray(detail) ? detail.map(({ loc, msg }) => `${subjectOf(loc)}${msg.replace(/^Value error, /, '')}`).join(' ') : detail;
}

/** The name of a setting as the beginning of a message. Empty for other fields, which the visitor has not entered. */
const subjectOf = ([, parent, name]) => (parent === 'settings' && name ? `${name}: ` : '');

export const address = (path) => new URL(path, ROOT);

export const guestToken = () => read('guest', null);

export const rememberGuest = (token) => token && write('guest', token);

/** A user's session is an HttpOnly cookie and the token that only this page has. A guest has a session token. */
export function credentials() {
  const { session } = getState();
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
    // The answer is not JSON, but the page of a proxy.
  }
  if (status === UNAUTHORIZED && getState().session) change({ session: { ...getState().session, isOver: true } });
  return new ApiError(status, body, parseFloat(wait));
}
