import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { answerWith, calls, json, kept, load, noAnswer, refused, until } from './page.js';

const { change, now } = await load('store');
const { addFiles, sendAgain } = await load('uploads');
const SMALL = 10, LARGE = 2000;

const uploaded = (token = null) => json(200, { temp_file_id: 'an-upload', file_size: 9, mime_type: 'image/png', session_token: token });
const photo = (size) => new File([new Uint8Array(size)], 'a.png', { type: 'image/png' });
const state = () => now().items[0].state;

/** The answer of an upload while another tab becomes a guest, too. */
function overtaken() {
  kept.set('imgopt.guest', '"of-another-tab"');
  return uploaded('of-this-tab');
}

beforeEach(() => {
  change({ items: [] });
  kept.clear();
});

test('the first upload makes a guest', async () => {
  answerWith(() => uploaded('a-token'));
  addFiles([photo(SMALL)]);
  await until(() => state() === 'ready');
  assert.equal(kept.get('imgopt.guest'), '"a-token"');
});

test('two tabs become the same guest', async () => {
  answerWith(overtaken, () => uploaded());
  addFiles([photo(SMALL)]);
  await until(() => state() === 'ready');
  assert.deepEqual(calls.map(({ headers }) => headers['X-Session-Token']), [undefined, 'of-another-tab']);
  assert.equal(kept.get('imgopt.guest'), '"of-another-tab"');
});

test('a file that can not be sent is told, and can be tried again', async () => {
  answerWith(noAnswer);
  addFiles([photo(SMALL)]);
  await until(() => state() === 'refused');
  assert.deepEqual([now().items[0].error, now().items[0].isFinal, calls.length], ['', false, 5]);
  answerWith(() => uploaded('a-token'));
  sendAgain(now().items[0]);
  await until(() => state() === 'ready');
});

test('what is wrong with the image stays wrong', async () => {
  answerWith(() => refused(415));
  addFiles([photo(SMALL)]);
  await until(() => state() === 'refused');
  assert.deepEqual([now().items[0].error, now().items[0].isFinal], ['Refused by 415.', true]);
});

test('a busy service is waited for', async () => {
  answerWith(() => refused(503, { 'Retry-After': '2' }), () => uploaded('a-token'));
  addFiles([photo(SMALL)]);
  await until(() => state() === 'ready');
});

test('a large file goes to the bucket, by one guest', async () => {
  const grant = { url: 'https://bucket.example/', fields: { policy: 'p' }, upload_id: 'u' };
  const granted = (more) => json(200, { ...grant, ...more });
  answerWith(
    () => (overtaken(), granted({ session_token: 'of-this-tab' })),
    () => granted(),
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
