/** Requests jobs, and follows them by the status stream until each has ended. */
import { ApiError, NetworkError, call, send } from './api.js';
import { refreshBalance } from './account.js';
import { persist } from './connection.js';
import { readEvents } from './event_stream.js';
import { saving } from './formatting.js';
import { forget, remember } from './history.js';
import { toRequest } from './processing.js';
import { askForQuote, batchesOf, readyItems } from './quotes.js';
import { tellRefusal } from './refusals.js';
import { loadResult } from './results.js';
import { addItems, change, changeItem, now, say } from './store.js';
import { t } from './texts.js';

const UNDER_WAY = ['queued', 'processing'];
// The most jobs of one stream.
const MOST_FOLLOWED = 100;
const GONE = [404, 410];
const PASSING = [429, 502, 503, 504];
const UNKNOWN = 404;
const FIRST_OF_FAULTS = 500;
// In milliseconds. At least as long as the service tells clients to wait before they connect again.
const BETWEEN_STREAMS = 2000, LONG_PAUSE = 10_000;
let stream = null;
// Idempotency keys of requests that had no answer, but may have been accepted.
const unanswered = new Map();

export async function submitReady() {
  const settings = toRequest(now().settings);
  change({ notice: null });
  for (const batch of batchesOf(readyItems())) {
    if (!(await submit(batch, settings))) break;
  }
  askForQuote();
  refreshBalance();
}

/** Sends the request, and returns whether it was accepted. A repeated request has the same idempotency key. */
async function submit(batch, settings) {
  batch.forEach(({ id }) => changeItem(id, { state: 'asking' }));
  const json = { temp_file_ids: batch.map(({ uploadId }) => uploadId), settings };
  const asked = JSON.stringify(json);
  const headers = { 'Idempotency-Key': unanswered.get(asked) ?? newKey() };
  unanswered.set(asked, headers['Idempotency-Key']);
  try {
    const { jobs, warnings } = await persist(() => call('auto', { method: 'POST', json, headers }));
    unanswered.delete(asked);
    batch.forEach((item) => accept(item, jobs.find((job) => job.temp_file_id === item.uploadId)));
    if (warnings?.length) change({ notice: { kind: 'note', text: warnings.join(' '), isFromApi: true } });
    follow();
    return true;
  } catch (error) {
    if (error.status < FIRST_OF_FAULTS) unanswered.delete(asked);
    batch.forEach(({ id }) => changeItem(id, error.status === UNKNOWN ? { state: 'refused', error: error.message } : { state: 'ready' }));
    tellRefusal(error);
    return false;
  }
}

/** A random idempotency key. Without HTTPS there is no crypto.randomUUID. */
const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (each) => each.toString(16).padStart(2, '0')).join('');

function accept(item, job) {
  changeItem(item.id, { state: job.status, jobId: job.id, job });
  remember(job);
}

const followed = () => now().items.filter(({ state }) => UNDER_WAY.includes(state)).slice(0, MOST_FOLLOWED);

/** One stream for all jobs, opened again for new ones, because browsers open at most six connections to a host. */
export async function follow() {
  stream?.abort();
  const { signal } = (stream = new AbortController());
  while (followed().length && !signal.aborted) {
    const pause = await persist(() => readOnce(signal)).catch(pauseAfter);
    if (followed().length) await new Promise((resume) => setTimeout(resume, pause ?? BETWEEN_STREAMS));
  }
}

/** The milliseconds to wait after an error that passes, such as a busy service. Other refusals end the stream. */
function pauseAfter(error) {
  if (error.name === 'AbortError') return 0;
  if (error instanceof NetworkError || PASSING.includes(error.status)) return error.wait * 1000 || LONG_PAUSE;
  stream.abort();
  tellRefusal(error);
  return 0;
}

async function readOnce(signal) {
  const ids = followed().map(({ jobId }) => jobId).join(',');
  try {
    const answer = await send(`status/stream?job_ids=${ids}`, { signal, headers: { Accept: 'text/event-stream' } });
    for await (const event of readEvents(answer)) await hear(event);
  } catch (error) {
    if (error.name === 'AbortError' || error instanceof ApiError) throw error;
    throw new NetworkError(error.message);
  }
}

/** The item of an event's job. Events about the whole stream name no job. */
const itemOf = (jobId) => jobId && now().items.find((item) => item.jobId === jobId);

async function hear({ name, data }) {
  const item = itemOf(data.job_id);
  if (!item) return;
  if (name === 'status') {
    changeItem(item.id, { state: data.status, position: data.queue_position, wait: data.estimated_wait_seconds });
  } else if (name === 'complete') {
    const { jobs } = await persist(() => call(`status?job_ids=${data.job_id}`));
    if (jobs.length) show(item, jobs[0]);
    else remove(item); // deleted in another tab
    refreshBalance();
  } else if (name === 'error') {
    changeItem(item.id, { state: 'failed', error: data.message });
  }
}

/** Shows the end of a job, or its new status. */
function show(item, job) {
  changeItem(item.id, { state: job.status, job, error: job.error_message });
  if (job.status !== 'completed') return;
  const told = { name: job.processed_filename, saving: saving(job.original_size, job.processed_size) };
  if (!item.isEarlier) say(t('said.done', told));
  loadResult(item.id);
}

/** Loads jobs of earlier visits that have not expired. */
export async function showEarlier(kept) {
  if (!kept.length) return;
  const { jobs } = await persist(() => call(`status?job_ids=${kept.join(',')}`));
  kept.filter((id) => !jobs.some((job) => job.id === id)).forEach(forget);
  const present = jobs.filter(({ status }) => status !== 'expired');
  const items = present.map((job) => ({ id: job.id, jobId: job.id, name: job.original_filename, size: job.original_size, isEarlier: true, state: job.status, job }));
  addItems(items.sort((one, other) => (one.job.created_at < other.job.created_at ? 1 : -1)));
  items.forEach((item) => show(item, item.job));
  follow();
}

export async function remove(item) {
  change(({ items }) => ({ items: items.filter(({ id }) => id !== item.id) }));
  [item.before, item.after].filter((url) => url?.startsWith('blob:')).forEach(URL.revokeObjectURL);
  if (item.jobId) forget(item.jobId);
  else askForQuote();
}

/** Stops a job if it runs, and deletes its files. */
export async function erase(item) {
  try {
    await persist(() => call(`jobs/${item.jobId}`, { method: 'DELETE' }));
  } catch (error) {
    if (!(error instanceof ApiError) || !GONE.includes(error.status)) throw error;
  }
  remove(item);
  refreshBalance();
}
