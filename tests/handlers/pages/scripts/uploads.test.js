import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { answerWith, calls, json, stored, load, noAnswer, refused, until } from './page.js';

const { change, getState } = await load('store');
const { addFiles, sendAgain } = await load('uploads');
const SMALL = 10, LARGE = 2000;

const uploaded = (token = null) => json(200, { temp_file_id: 'an-upload', file_size: 9, mime_type: 'image/png', session_token: token });
const photo = (size) => new File([new Uint8Array(size)], 'a.png', { type: 'image/png' });
const state = () => getState().items[0].state;

/** The answer to an upload during which another tab stores its guest. */
function overtaken() {
  stored.set('imgopt.guest', '"of-another-tab"');
  return uploaded('of-this-tab');
}

beforeEach(() => {
  change({ items: [] });
  stored.clear();
});

test('the first upload creates a guest', async () => {
  answerWith(() => uploaded('a-token'));
  addFiles([photo(SMALL)]);
  await until(() => state() === 'ready');
  assert.equal(stored.get('imgopt.guest'), '"a-token"');
});

test('two tabs use the same guest', async () => {
  answerWith(overtaken, () => uploaded());
  addFiles([photo(SMALL)]);
  await until(() => state() === 'ready');
  assert.deepEqual(calls.map(({ headers }) => headers['X-Session-Token']), [undefined, 'of-another-tab']);
  assert.equal(stored.get('imgopt.guest'), '"of-another-tab"');
});

test('a file that can not be sent is refused, and can be sent again', async () => {
  answerWith(noAnswer);
  addFiles([photo(SMALL)]);
  await until(() => state() === 'refused');
  assert.deepEqual([getState().items[0].error, getState().items[0].isFinal, calls.length], ['', false, 5]);
  answerWith(() => uploaded('a-token'));
  sendAgain(getState().items[0]);
  await until(() => state() === 'ready');
});

test('an upload that is refused because of the image can not be sent again', async () => {
  answerWith(() => refused(415));
  addFiles([photo(SMALL)]);
  await until(() => state() === 'refused');
  assert.deepEqual([getState().items[0].error, getState().items[0].isFinal], ['Refused by 415.', true]);
});

test('an upload is sent again when the service is no longer busy', async () => {
  answerWith(() => refused(503, { 'Retry-After': '2' }), () => uploaded('a-token'));
  addFiles([photo(SMALL)]);
  await until(() => state() === 'ready');
});

test('a large file is sent to the bucket, and belongs to one guest', async () => {
  const form = { url: 'https://bucket.example/', fields: { policy: 'p' }, upload_id: 'u' };
  const presigned = (more) => json(200, { ...form, ...more });
  answerWith(
    () => (overtaken(), presigned({ session_token: 'of-this-tab' })),
    () => presigned(),
    () => new Response(null, { status: 204 }),
    () => uploaded(),
  );
  addFiles([photo(LARGE)]);
  await until(() => state() === 'ready');
  assert.deepEqual(calls.map(({ path }) => path), ['presign', 'presign', '', 'complete']);
  assert.deepEqual([...calls[2].body.keys()], ['policy', 'file']);
  assert.equal(calls[2].headers['X-Session-Token'], undefined);
  assert.equal(calls[3].headers['X-Session-Token'], 'of-another-tab');
});
