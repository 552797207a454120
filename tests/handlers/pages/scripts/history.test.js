import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stored, known, load } from './page.js';

const LATER = '2999-01-01T00:00:00Z', EARLIER = '2020-01-01T00:00:00Z';
stored.set('imgopt.jobs', JSON.stringify([{ id: 'of-a-guest', until: LATER }, { id: 'expired', until: EARLIER }]));
stored.set('imgopt.jobs.other', JSON.stringify([{ id: 'of-another-user', until: LATER }]));
known.session = { name: 'hedy@example.com', token: 'a-token', key: 'hedy' };
const { removeJobId, readJobIds, storeJobId } = await load('history');

test('a user sees own jobs and those of guests, and guests see no jobs of the user', () => {
  storeJobId({ id: 'own', expires_at: LATER });
  assert.deepEqual(readJobIds(), ['of-a-guest', 'own']);
  assert.deepEqual(JSON.parse(stored.get('imgopt.jobs')).map(({ id }) => id), ['of-a-guest']);
});

test('a removed id is no longer stored', () => {
  removeJobId('of-a-guest');
  removeJobId('own');
  assert.deepEqual(readJobIds(), []);
  assert.deepEqual([...stored.keys()], ['imgopt.jobs.other']);
});
