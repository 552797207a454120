import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { answerWith, calls, json, load, noAnswer, refused, until } from './page.js';

const { erase, submitReady } = await load('jobs');
const { change, getState } = await load('store');

const job = { id: 'a-job', temp_file_id: 'an-upload', status: 'failed', expires_at: '2999-01-01T00:00:00Z' };
const accepted = () => json(200, { jobs: [job], warnings: [] });
const keys = () => calls.filter(({ path }) => path === 'auto').map(({ headers }) => headers['Idempotency-Key']);

/** Sets the answers to `auto`. Calls for prices and credits get an empty answer. */
const answerAuto = (...answers) => answerWith((call) => (call.path === 'auto' ? (answers.length > 1 ? answers.shift() : answers[0])() : json(200, {})));

beforeEach(() => change({ items: [{ id: 'item-1', name: 'a.png', state: 'ready', uploadId: 'an-upload' }], notice: null }));

for (const [name, broken] of Object.entries({ 'no answer': noAnswer, 'an answer that comes too late': () => refused(504) }))
  test(`after ${name}, the request is sent again with the same key`, async () => {
    answerAuto(broken, accepted);
    await submitReady();
    assert.equal(new Set(keys()).size, 1);
    assert.equal(getState().items[0].jobId, 'a-job');
  });

test('a request that may have been accepted has the same key when the user tries again', async () => {
  answerAuto(() => refused(504));
  await submitReady();
  assert.deepEqual([getState().items[0].state, getState().notice.text], ['ready', 'Refused by 504.']);
  const [first] = keys();
  answerAuto(accepted);
  await submitReady();
  assert.deepEqual(keys(), [first]);
});

test('a request that was refused has another key when the user tries again', async () => {
  answerAuto(() => refused(422));
  await submitReady();
  const [first] = keys();
  answerAuto(accepted);
  await submitReady();
  assert.notEqual(keys()[0], first);
});

test('an upload that has expired can be sent again', async () => {
  answerAuto(() => refused(404));
  await submitReady();
  assert.deepEqual([getState().items[0].state, getState().items[0].isFinal], ['refused', undefined]);
});

test('the notice about missing credits states the needed number', async () => {
  const body = { detail: 'Insufficient credits.', credits_needed: 3, credits_remaining: 1, credits_reset_at: 'later', is_guest: true };
  answerAuto(() => json(429, body, { 'Retry-After': '30' }));
  await submitReady();
  assert.deepEqual(getState().notice.credits, { needed: 3, remaining: 1, resetAt: 'later', isGuest: true });
  assert.equal(getState().items[0].state, 'ready');
});

test('the notice about a wrong setting states its name', async () => {
  answerAuto(() => json(422, { detail: [{ loc: ['body', 'settings', 'output_width'], msg: 'Input should be more.' }] }));
  await submitReady();
  assert.equal(getState().notice.text, 'output_width: Input should be more.');
});

test('an image leaves the list if its job is deleted already, and stays if deleting is refused', async () => {
  change({ items: [{ id: 'item-1', state: 'completed', jobId: 'a-job' }] });
  answerWith((call) => (call.method === 'DELETE' ? refused(403) : json(200, {})));
  await assert.rejects(erase(getState().items[0]), /Refused by 403/);
  assert.equal(getState().items.length, 1);
  answerWith((call) => (call.method === 'DELETE' ? refused(410) : json(200, {})));
  await erase(getState().items[0]);
  await until(() => getState().items.length === 0);
});
