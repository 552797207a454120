import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './page.js';

const { read, write } = await load('storage');

test('a value that the browser refuses to store lasts as long as the page', () => {
  const refuse = () => {
    throw new Error('SecurityError');
  };
  Object.assign(localStorage, { getItem: refuse, setItem: refuse, removeItem: refuse });
  write('guest', 'a-token');
  assert.equal(read('guest', null), 'a-token');
  write('guest', null);
  assert.equal(read('guest', 'none'), 'none');
});
