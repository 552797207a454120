/** The price of the images, which is requested again whenever images or settings change. */
import { call } from './api.js';
import { persist } from './connection.js';
import { known } from './known.js';
import { toRequest } from './processing.js';
import { sentenceOf } from './refusals.js';
import { change, now } from './store.js';

const PAUSE = 350;
let timer = null;
let latest = 0;

export const readyItems = () => now().items.filter(({ state }) => state === 'ready');

export function batchesOf(items) {
  const most = known.config.limits.batch_files;
  return Array.from({ length: Math.ceil(items.length / most) }, (_, at) => items.slice(at * most, (at + 1) * most));
}

export function askForQuote() {
  clearTimeout(timer);
  change({ quote: null });
  timer = setTimeout(quote, PAUSE);
}

async function quote() {
  const [items, asked] = [readyItems(), (latest += 1)];
  if (!items.length) return;
  try {
    const settings = toRequest(now().settings);
    const ask = (batch) => persist(() => (asked === latest ? quoteBatch(batch, settings) : null));
    const parts = await Promise.all(batchesOf(items).map(ask));
    if (asked !== latest) return;
    const sum = (name) => parts.reduce((total, part) => total + part[name], 0);
    const found = { credits: sum('credits'), bytes: sum('bytes_expected'), remaining: parts[0].credits_remaining };
    change({ quote: { ...found, count: items.length } });
  } catch (error) {
    if (asked === latest) change({ quote: { error: sentenceOf(error), count: items.length } });
  }
}

const quoteBatch = (batch, settings) =>
  call('quote', { method: 'POST', json: { temp_file_ids: batch.map(({ uploadId }) => uploadId), settings } });
