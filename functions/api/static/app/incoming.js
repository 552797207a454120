/** Files out of what is dropped, pasted or chosen; of folders, all that is in them. */
const HIDDEN = /^(\.|Thumbs\.db$|desktop\.ini$)/i;

export const chosenFiles = (list) => [...list].filter(({ name }) => !HIDDEN.test(name));

/** `transfer` is only readable now: entries are taken before anything is awaited. */
export async function droppedFiles(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return chosenFiles(transfer.files);
  const found = await Promise.all(entries.map(filesOf));
  return chosenFiles(found.flat());
}

async function filesOf(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const found = await Promise.all((await listFolder(entry.createReader())).map(filesOf));
  return found.flat();
}

/** A reader gives some at a time, and none at the end. */
async function listFolder(reader) {
  const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
  return some.length ? [...some, ...(await listFolder(reader))] : [];
}

/** An address of an image on the web, or null. */
export function readUrl(text) {
  try {
    const url = new URL(text.trim());
    return ['http:', 'https:'].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}
