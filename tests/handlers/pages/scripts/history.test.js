import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kept, known, load } from './page.js';

const LATER = '2999-01-01T00:00:00Z', EARLIER = '2020-01-01T00:00:00Z';
kept.set('imgopt.jobs', JSON.stringify([{ id: 'of-a-guest', until: LATER }, { id: 'expired', until: EARLIER }]));
kept.set('imgopt.jobs.other', JSON.stringify([{ id: 'of-another-user', until: LATER }]));
known.session = { name: 'hedy@example.com', token: 'a-token', key: 'hedy' };
const { forget, recall, remember } = await load('history');

test('a user finds own jobs and those of guests, and leaves none to them', () => {
  remember({ id: 'own', expires_at: LATER });
  assert.deepEqual(recall(), ['of-a-guest', 'own']);
  assert.deepEqual(JSON.parse(kept.get('imgopt.jobs')).map(({ id }) => id), ['of-a-guest']);
});

test('what is forgotten is nowhere', () => {
  forget('of-a-guest');
  forget('own');
  assert.deepEqual(recall(), []);
  assert.deepEqual([...kept.keys()], ['imgopt.jobs.other']);
});
