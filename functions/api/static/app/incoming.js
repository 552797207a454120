/** Files out of what is dropped, pasted or chosen; of folders, all that is in them. Addresses of images on the web, too. */
const HIDDEN = /^(\.|Thumbs\.db$|desktop\.ini$)/i;

export const chosenFiles = (list) => [...list].filter(({ name }) => !HIDDEN.test(name));

/** `transfer` is only readable now: entries are taken before anything is awaited. Throws where one can't be read. */
export async function droppedFiles(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return chosenFiles(transfer.files);
  const found = await Promise.all(entries.map(filesOf));
  return chosenFiles(found.flat());
}

/** An image of another page is dropped as its address, one a line. */
export const droppedUrl = (transfer) => readUrl(transfer.getData('text/uri-list').split(/[\r\n]/, 1)[0]);

async function filesOf(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const entries = (await listFolder(entry.createReader())).sort(byName);
  return (await Promise.all(entries.map(filesOf))).flat();
}

const byName = (one, other) => one.name.localeCompare(other.name, undefined, { numeric: true });

/** A reader gives some at a time, and none at the end. */
async function listFolder(reader) {
  const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
  return some.length ? [...some, ...(await listFolder(reader))] : [];
}

/** What stands at the end of an address, as people write it. */
export function nameOf(address) {
  const { pathname, host } = new URL(address);
  const last = pathname.split('/').pop();
  try {
    return decodeURIComponent(last) || host;
  } catch {
    return last;
  }
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
