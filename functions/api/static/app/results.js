/** Results: they are shown from memory, and saved one by one or as a ZIP archive. */
import { ApiError, call, send } from './api.js';
import { persist } from './connection.js';
import { changeItem, find } from './store.js';

const TOO_LARGE = 413;

/** The content of a result. A large one is redirected to a signed URL. */
export async function loadResult(id) {
  const { jobId } = find(id);
  try {
    changeItem(id, { after: await fetchImage(`download/${jobId}`, `download/${jobId}/url`) });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    changeItem(id, { lost: error.message });
  }
}

/** The upload, if this browser no longer has the file. */
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

/** Downloads a ZIP archive, or several if the results are too large for one. */
export async function saveAll(items) {
  if (items.length === 1) return save(items[0]);
  try {
    const path = `download?job_ids=${items.map(({ jobId }) => jobId).join(',')}`;
    const answer = await persist(() => send(path));
    const url = URL.createObjectURL(await answer.blob());
    saveAs(url, 'images.zip');
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  } catch (error) {
    if (error.status !== TOO_LARGE) throw error;
    const middle = Math.ceil(items.length / 2);
    await saveAll(items.slice(0, middle));
    await saveAll(items.slice(middle));
  }
}

function saveAs(url, name) {
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
}
