import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './page.js';

const { ApiError, NetworkError } = await load('api');
const { persist } = await load('connection');

/** A function that throws these errors, one at each call, and then succeeds. */
function failing(...errors) {
  const attempt = async () => {
    attempt.count += 1;
    if (errors.length) throw errors.shift();
    return 'done';
  };
  return Object.assign(attempt, { count: 0 });
}

const refusal = (status, wait, body) => new ApiError(status, body, wait);

test('a request whose connection broke is sent again', async () => {
  assert.equal(await persist(failing(new NetworkError(), new NetworkError())), 'done');
});

test('a request that fails five times while the service can be reached is abandoned', async () => {
  const attempt = failing(...Array.from({ length: 50 }, () => new NetworkError()));
  await assert.rejects(persist(attempt), NetworkError);
  assert.equal(attempt.count, 5);
});

for (const status of [502, 503, 504])
  test(`a request is sent again after ${status}`, async () => assert.equal(await persist(failing(refusal(status))), 'done'));

test('the page waits for the end of a limit by the minute, however often it is exceeded', async () => {
  assert.equal(await persist(failing(...Array.from({ length: 20 }, () => refusal(429, 30)))), 'done');
});

for (const [name, error] of Object.entries({
  'a limit by the day': refusal(429, 40_000),
  'missing credits': refusal(429, 30, { credits_needed: 3 }),
  'a refusal without a time': refusal(429),
  'a long closure': refusal(503, 3600),
  'a wrong request': refusal(422),
}))
  test(`${name} is reported at once`, async () => {
    const attempt = failing(error);
    await assert.rejects(persist(attempt), error);
    assert.equal(attempt.count, 1);
  });
