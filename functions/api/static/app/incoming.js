/** Files and image URLs that are dropped, pasted or chosen. Folders are read with all their files. */
const HIDDEN = /^(\.|Thumbs\.db$|desktop\.ini$)/i;

export const chosenFiles = (list) => [...list].filter(({ name }) => !HIDDEN.test(name));

/** The files of `transfer`, which is readable only before the first await. Throws if an entry can't be read. */
export async function droppedFiles(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return chosenFiles(transfer.files);
  const files = await Promise.all(entries.map(filesOf));
  return chosenFiles(files.flat());
}

/** The first URL of a drop. Images of other pages are dropped as one URL a line. */
export const droppedUrl = (transfer) => readUrl(transfer.getData('text/uri-list').split(/[\r\n]/, 1)[0]);

async function filesOf(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const entries = (await listFolder(entry.createReader())).sort(byName);
  return (await Promise.all(entries.map(filesOf))).flat();
}

const byName = (a, b) => a.name.localeCompare(b.name, undefined, { numeric: true });

/** All entries of a folder. Each call of the reader returns some entries; the last call returns none. */
async function listFolder(reader) {
  const entries = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
  return entries.length ? [...entries, ...(await listFolder(reader))] : [];
}

/** The last part of a URL's path, decoded. */
export function nameOf(address) {
  const { pathname, host } = new URL(address);
  const last = pathname.split('/').pop();
  try {
    return decodeURIComponent(last) || host;
  } catch {
    return last;
  }
}

/** The http or https URL in a text, or null. */
export function readUrl(text) {
  try {
    const url = new URL(text.trim());
    return ['http:', 'https:'].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}
