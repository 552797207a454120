/** Results: shown from memory, and saved one by one or as a ZIP. */
import { ApiError, call, send } from './api.js';
import { persist } from './connection.js';
import { change, changeItem, find } from './store.js';

/** A result that is too large for an answer is redirected to where it is stored, by a signed address. */
export async function loadResult(id) {
  const { jobId } = find(id);
  try {
    changeItem(id, { after: await fetchImage(`download/${jobId}`, `download/${jobId}/url`) });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    changeItem(id, { lost: error.message });
  }
}

/** What was uploaded, where this browser has not the file any more, or never had it. */
export async function loadOriginal(id) {
  const { jobId, before } = find(id);
  if (before) return;
  try {
    changeItem(id, { before: await fetchImage(`jobs/${jobId}/original`, `jobs/${jobId}/original/url`) });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    changeItem(id, { hasNoOriginal: true });
  }
}

async function fetchImage(path, signedPath) {
  const answer = await persist(() => send(path, { redirect: 'manual', headers: { Accept: '*/*' } }));
  if (answer.type === 'opaqueredirect') return (await call(signedPath)).url;
  return URL.createObjectURL(await answer.blob());
}

export async function save(item) {
  if (item.after?.startsWith('blob:')) return saveAs(item.after, item.job.processed_filename);
  location.assign((await persist(() => call(`download/${item.jobId}/url`))).url);
}

export async function saveAll(items) {
  try {
    const path = `download?job_ids=${items.map(({ jobId }) => jobId).join(',')}`;
    const answer = await persist(() => send(path));
    const url = URL.createObjectURL(await answer.blob());
    saveAs(url, 'images.zip');
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    change({ notice: { kind: 'error', text: error.message, isFromApi: true } });
  }
}

function saveAs(url, name) {
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
}
