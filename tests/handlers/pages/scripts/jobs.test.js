import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { answerWith, calls, json, load, noAnswer, refused, until } from './page.js';

const { erase, submitReady } = await load('jobs');
const { change, now } = await load('store');

const job = { id: 'a-job', temp_file_id: 'an-upload', status: 'failed', expires_at: '2999-01-01T00:00:00Z' };
const accepted = () => json(200, { jobs: [job], warnings: [] });
const keys = () => calls.filter(({ path }) => path === 'auto').map(({ headers }) => headers['Idempotency-Key']);

/** Other calls, for prices and credits, are of no interest here. */
const answerAuto = (...answers) => answerWith((call) => (call.path === 'auto' ? (answers.length > 1 ? answers.shift() : answers[0])() : json(200, {})));

beforeEach(() => change({ items: [{ id: 'item-1', name: 'a.png', state: 'ready', uploadId: 'an-upload' }], notice: null }));

for (const [name, broken] of Object.entries({ 'no answer': noAnswer, 'an answer that came too late': () => refused(504) }))
  test(`${name} is asked for again by the same key`, async () => {
    answerAuto(broken, accepted);
    await submitReady();
    assert.equal(new Set(keys()).size, 1);
    assert.equal(now().items[0].jobId, 'a-job');
  });

test('what may have been accepted is sent by the same key once more, when the user tries again', async () => {
  answerAuto(() => refused(504));
  await submitReady();
  assert.deepEqual([now().items[0].state, now().notice.text], ['ready', 'Refused by 504.']);
  const [first] = keys();
  answerAuto(accepted);
  await submitReady();
  assert.deepEqual(keys(), [first]);
});

test('what was refused is sent by another key', async () => {
  answerAuto(() => refused(422));
  await submitReady();
  const [first] = keys();
  answerAuto(accepted);
  await submitReady();
  assert.notEqual(keys()[0], first);
});

test('an upload that the service has forgotten can be sent again', async () => {
  answerAuto(() => refused(404));
  await submitReady();
  assert.deepEqual([now().items[0].state, now().items[0].isFinal], ['refused', undefined]);
});

test('missing credits are told with what is needed', async () => {
  const body = { detail: 'Insufficient credits.', credits_needed: 3, credits_remaining: 1, credits_reset_at: 'later', is_guest: true };
  answerAuto(() => json(429, body, { 'Retry-After': '30' }));
  await submitReady();
  assert.deepEqual(now().notice.credits, { needed: 3, remaining: 1, resetAt: 'later', isGuest: true });
  assert.equal(now().items[0].state, 'ready');
});

test('a wrong setting is told by its name', async () => {
  answerAuto(() => json(422, { detail: [{ loc: ['body', 'settings', 'output_width'], msg: 'Input should be more.' }] }));
  await submitReady();
  assert.equal(now().notice.text, 'output_width: Input should be more.');
});

test('what is deleted already is taken off the list, and what is not is kept', async () => {
  change({ items: [{ id: 'item-1', state: 'completed', jobId: 'a-job' }] });
  answerWith((call) => (call.method === 'DELETE' ? refused(403) : json(200, {})));
  await assert.rejects(erase(now().items[0]), /Refused by 403/);
  assert.equal(now().items.length, 1);
  answerWith((call) => (call.method === 'DELETE' ? refused(410) : json(200, {})));
  await erase(now().items[0]);
  await until(() => now().items.length === 0);
});
