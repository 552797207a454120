import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerWith, calls, load, refused } from './page.js';

const saved = [];
document.createElement = () => ({ click() { saved.push(this.download); } });
const { saveAll } = await load('results');

const item = (number) => ({ jobId: `job-${number}`, after: `blob:${number}`, job: { processed_filename: `${number}.png` } });

test('results that are too large for one ZIP archive are saved as several, and a single result as its own file', async () => {
  const ids = ({ path }) => path.split('=')[1].split(',');
  answerWith((call) => (ids(call).length > 2 ? refused(413) : new Response('zip')));
  await saveAll([1, 2, 3, 4, 5].map(item));
  assert.deepEqual(calls.map((call) => ids(call).length), [5, 3, 2, 2]);
  assert.deepEqual(saved, ['images.zip', '3.png', 'images.zip']);
});
