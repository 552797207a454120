import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './page.js';

const { droppedFiles, droppedUrl, nameOf } = await load('incoming');

const file = (name) => ({ isFile: true, name, file: (resolve) => resolve({ name }) });

/** A folder whose reader returns two entries at a time. */
function folder(name, ...entries) {
  const remaining = [...entries];
  return { isFile: false, name, createReader: () => ({ readEntries: (resolve) => resolve(remaining.splice(0, 2)) }) };
}

const dropped = (...entries) => ({ items: entries.map((entry) => ({ webkitGetAsEntry: () => entry })), files: [] });

test('the files of a folder are added in the order of their names, without hidden files', async () => {
  const files = await droppedFiles(dropped(folder('all', file('b10.png'), file('.b'), file('b9.png'), folder('a', file('z.png')))));
  assert.deepEqual(files.map(({ name }) => name), ['z.png', 'b9.png', 'b10.png']);
});

test('a folder with an unreadable file is an error', async () => {
  const unreadable = { isFile: true, name: 'a', file: (_, reject) => reject(new Error('gone')) };
  await assert.rejects(droppedFiles(dropped(folder('all', unreadable))), /gone/);
});

for (const [address, name] of [
  ['https://example.com/a%20b.png?x=1', 'a b.png'],
  ['https://example.com/%E0%A4%A.png', '%E0%A4%A.png'],
  ['https://example.com/', 'example.com'],
])
  test(`an image from ${address} has the name ${name}`, () => assert.equal(nameOf(address), name));

for (const [text, url] of [
  ['https://example.com/a.png\r\nhttps://example.com/b.png', 'https://example.com/a.png'],
  ['javascript:alert(1)', null],
  ['file:///etc/passwd', null],
  ['', null],
])
  test(`the URL of a drop with ${JSON.stringify(text)} is ${url}`, () => assert.equal(droppedUrl({ getData: () => text }), url));
