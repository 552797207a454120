/** Replaces the parts of a browser that the page's modules use. Pauses take no time. */
import assert from 'node:assert/strict';

const config = {
  limits: { batch_files: 20, multipart_bytes: 1000, upload_bytes: 5000 },
  tiers: { unregistered: { credits: 20 } },
};
export const known = { config, session: null, problem: '', language: 'en' };
export const stored = new Map();
/** The calls that the page has made. Each call gets the next of the answers; the last answer is repeated. */
export const calls = [];
let answers = [];

export const answerWith = (...nextAnswers) => {
  calls.length = 0;
  answers = nextAnswers;
};

export const json = (status, body = {}, headers = {}) => new Response(JSON.stringify(body), { status, headers });

export const refused = (status, headers = {}) => json(status, { detail: `Refused by ${status}.` }, headers);

export const noAnswer = () => {
  throw new TypeError('Failed to fetch');
};

function answerTo(address, options) {
  const { pathname, search } = new URL(address);
  if (pathname.endsWith('/health')) return json(200);
  calls.push({ path: pathname.split('/').pop() + search, ...options });
  assert.ok(answers.length, `no answer is set for ${pathname}`);
  const answer = answers.length > 1 ? answers.shift() : answers[0];
  return answer(calls.at(-1));
}

class Request {
  upload = {};
  #headers = {};

  open(method, url) {
    Object.assign(this, { method, url });
  }

  setRequestHeader(name, value) {
    this.#headers[name] = value;
  }

  getResponseHeader(name) {
    return this.answer.headers.get(name);
  }

  async send(body) {
    try {
      this.answer = await answerTo(this.url, { method: this.method, headers: this.#headers, body });
    } catch {
      return this.onerror();
    }
    this.status = this.answer.status;
    this.responseText = await this.answer.text();
    this.onload();
  }
}

Object.assign(globalThis, {
  document: { getElementById: () => ({ textContent: JSON.stringify(known) }) },
  localStorage: {
    getItem: (name) => stored.get(name) ?? null,
    setItem: (name, value) => stored.set(name, value),
    removeItem: (name) => stored.delete(name),
  },
  addEventListener: () => {},
  removeEventListener: () => {},
  setTimeout: (resume) => setImmediate(resume),
  clearTimeout: clearImmediate,
  fetch: async (address, options) => answerTo(address, options),
  XMLHttpRequest: Request,
});

export const load = (name) => import(`../../../../functions/api/static/app/${name}.js`);

/** Waits until `holds` returns true. Pending work continues meanwhile. */
export async function until(holds) {
  for (let turns = 0; !holds(); turns += 1) {
    assert.ok(turns < 1000, 'the condition did not become true');
    await new Promise((resume) => setImmediate(resume));
  }
}
