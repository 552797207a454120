/** The price of the images. It is requested again whenever images or settings change. */
import { call } from './api.js';
import { persist } from './connection.js';
import { known } from './known.js';
import { toRequest } from './processing.js';
import { messageOf } from './refusals.js';
import { change, getState } from './store.js';

const PAUSE = 350;
let timer = null;
let latestRequest = 0;

export const readyItems = () => getState().items.filter(({ state }) => state === 'ready');

export function batchesOf(items) {
  const batchSize = known.config.limits.batch_files;
  return Array.from({ length: Math.ceil(items.length / batchSize) }, (_, index) => items.slice(index * batchSize, (index + 1) * batchSize));
}

export function requestQuote() {
  clearTimeout(timer);
  change({ quote: null });
  timer = setTimeout(quote, PAUSE);
}

async function quote() {
  const [items, requestNumber] = [readyItems(), (latestRequest += 1)];
  if (!items.length) return;
  try {
    const settings = toRequest(getState().settings);
    const quoteIfLatest = (batch) => persist(() => (requestNumber === latestRequest ? quoteBatch(batch, settings) : null));
    const parts = await Promise.all(batchesOf(items).map(quoteIfLatest));
    if (requestNumber !== latestRequest) return;
    const sum = (name) => parts.reduce((total, part) => total + part[name], 0);
    const totals = { credits: sum('credits'), bytes: sum('bytes_expected'), remaining: parts[0].credits_remaining };
    change({ quote: { ...totals, count: items.length } });
  } catch (error) {
    if (requestNumber === latestRequest) change({ quote: { error: messageOf(error), count: items.length } });
  }
}

const quoteBatch = (batch, settings) =>
  call('quote', { method: 'POST', json: { temp_file_ids: batch.map(({ uploadId }) => uploadId), settings } });
