/** Requests jobs, and follows them by the status stream until each has ended. */
import { ApiError, NetworkError, call, send } from './api.js';
import { refreshBalance } from './account.js';
import { persist } from './connection.js';
import { readEvents } from './event_stream.js';
import { saving } from './formatting.js';
import { removeJobId, storeJobId } from './history.js';
import { toRequest } from './processing.js';
import { batchesOf, readyItems, requestQuote } from './quotes.js';
import { showRefusal } from './refusals.js';
import { loadResult } from './results.js';
import { addItems, announce, change, changeItem, getState } from './store.js';
import { t } from './texts.js';

const UNDER_WAY = ['queued', 'processing'];
// The most jobs of one stream.
const MOST_FOLLOWED = 100;
const GONE = [404, 410];
const PASSING = [429, 502, 503, 504];
const UNKNOWN = 404;
const FIRST_OF_FAULTS = 500;
// In milliseconds. At least the time that the service tells clients to wait before they connect again.
const BETWEEN_STREAMS = 2000, LONG_PAUSE = 10_000;
let stream = null;
// Idempotency keys of requests that had no answer, but may have been accepted.
const unansweredKeys = new Map();

export async function submitReady() {
  const settings = toRequest(getState().settings);
  change({ notice: null });
  for (const batch of batchesOf(readyItems())) {
    if (!(await submit(batch, settings))) break;
  }
  requestQuote();
  refreshBalance();
}

/** Sends the request, and returns whether it was accepted. A repeated request has the same idempotency key. */
async function submit(batch, settings) {
  batch.forEach(({ id }) => changeItem(id, { state: 'submitting' }));
  const json = { temp_file_ids: batch.map(({ uploadId }) => uploadId), settings };
  const body = JSON.stringify(json);
  const headers = { 'Idempotency-Key': unansweredKeys.get(body) ?? newKey() };
  unansweredKeys.set(body, headers['Idempotency-Key']);
  try {
    const { jobs, warnings } = await persist(() => call('auto', { method: 'POST', json, headers }));
    unansweredKeys.delete(body);
    batch.forEach((item) => accept(item, jobs.find((job) => job.temp_file_id === item.uploadId)));
    if (warnings?.length) change({ notice: { kind: 'note', text: warnings.join(' '), isFromApi: true } });
    follow();
    return true;
  } catch (error) {
    if (error.status < FIRST_OF_FAULTS) unansweredKeys.delete(body);
    batch.forEach(({ id }) => changeItem(id, error.status === UNKNOWN ? { state: 'refused', error: error.message } : { state: 'ready' }));
    showRefusal(error);
    return false;
  }
}

/** A random idempotency key. Without HTTPS there is no crypto.randomUUID. */
const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (each) => each.toString(16).padStart(2, '0')).join('');

function accept(item, job) {
  changeItem(item.id, { state: job.status, jobId: job.id, job });
  storeJobId(job);
}

const followed = () => getState().items.filter(({ state }) => UNDER_WAY.includes(state)).slice(0, MOST_FOLLOWED);

/** One stream for all jobs, opened again for new ones, because browsers open at most six connections to a host. */
export async function follow() {
  stream?.abort();
  const { signal } = (stream = new AbortController());
  while (followed().length && !signal.aborted) {
    const pause = await persist(() => readStream(signal)).catch(pauseAfter);
    if (followed().length) await new Promise((resume) => setTimeout(resume, pause ?? BETWEEN_STREAMS));
  }
}

/** The milliseconds to wait after a transient error, such as that of a busy service. Other refusals end the stream. */
function pauseAfter(error) {
  if (error.name === 'AbortError') return 0;
  if (error instanceof NetworkError || PASSING.includes(error.status)) return error.wait * 1000 || LONG_PAUSE;
  stream.abort();
  showRefusal(error);
  return 0;
}

async function readStream(signal) {
  const ids = followed().map(({ jobId }) => jobId).join(',');
  try {
    const answer = await send(`status/stream?job_ids=${ids}`, { signal, headers: { Accept: 'text/event-stream' } });
    for await (const event of readEvents(answer)) await handleEvent(event);
  } catch (error) {
    if (error.name === 'AbortError' || error instanceof ApiError) throw error;
    throw new NetworkError(error.message);
  }
}

/** The item of an event's job. Events about the whole stream name no job. */
const itemOf = (jobId) => jobId && getState().items.find((item) => item.jobId === jobId);

async function handleEvent({ name, data }) {
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
  const values = { name: job.processed_filename, saving: saving(job.original_size, job.processed_size) };
  if (!item.isEarlier) announce(t('announcement.done', values));
  loadResult(item.id);
}

/** Loads jobs of earlier visits that have not expired. */
export async function loadEarlierJobs(jobIds) {
  if (!jobIds.length) return;
  const { jobs } = await persist(() => call(`status?job_ids=${jobIds.join(',')}`));
  jobIds.filter((id) => !jobs.some((job) => job.id === id)).forEach(removeJobId);
  const unexpired = jobs.filter(({ status }) => status !== 'expired');
  const items = unexpired.map((job) => ({ id: job.id, jobId: job.id, name: job.original_filename, size: job.original_size, isEarlier: true, state: job.status, job }));
  addItems(items.sort((a, b) => (a.job.created_at < b.job.created_at ? 1 : -1)));
  items.forEach((item) => show(item, item.job));
  follow();
}

export async function remove(item) {
  change(({ items }) => ({ items: items.filter(({ id }) => id !== item.id) }));
  [item.before, item.after].filter((url) => url?.startsWith('blob:')).forEach(URL.revokeObjectURL);
  if (item.jobId) removeJobId(item.jobId);
  else requestQuote();
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
