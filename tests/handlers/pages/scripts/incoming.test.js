import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './page.js';

const { droppedFiles, droppedUrl, nameOf } = await load('incoming');

const file = (name) => ({ isFile: true, name, file: (resolve) => resolve({ name }) });

/** Its reader gives two at a time. */
function folder(name, ...entries) {
  const left = [...entries];
  return { isFile: false, name, createReader: () => ({ readEntries: (resolve) => resolve(left.splice(0, 2)) }) };
}

const dropped = (...entries) => ({ items: entries.map((entry) => ({ webkitGetAsEntry: () => entry })), files: [] });

test('a folder is taken in the order of its names, and what is hidden is left', async () => {
  const found = await droppedFiles(dropped(folder('all', file('b10.png'), file('.b'), file('b9.png'), folder('a', file('z.png')))));
  assert.deepEqual(found.map(({ name }) => name), ['z.png', 'b9.png', 'b10.png']);
});

test('a folder of which one file can not be read is an error', async () => {
  const unreadable = { isFile: true, name: 'a', file: (_, reject) => reject(new Error('gone')) };
  await assert.rejects(droppedFiles(dropped(folder('all', unreadable))), /gone/);
});

for (const [address, name] of [
  ['https://example.com/a%20b.png?x=1', 'a b.png'],
  ['https://example.com/%E0%A4%A.png', '%E0%A4%A.png'],
  ['https://example.com/', 'example.com'],
])
  test(`${address} is called ${name}`, () => assert.equal(nameOf(address), name));

for (const [text, url] of [
  ['https://example.com/a.png\r\nhttps://example.com/b.png', 'https://example.com/a.png'],
  ['javascript:alert(1)', null],
  ['file:///etc/passwd', null],
  ['', null],
])
  test(`of a drop with ${JSON.stringify(text)}, ${url} is taken`, () => assert.equal(droppedUrl({ getData: () => text }), url));
