/** The input of images: dropped anywhere on the page, pasted, chosen, or by URL. */
import { bytes, formatName, fromNow } from '../formatting.js';
import { html, nothing } from '../html.js';
import { chosenFiles, droppedFiles, droppedUrl, readUrl } from '../incoming.js';
import { known } from '../known.js';
import { announce, change } from '../store.js';
import { t } from '../texts.js';
import { addFiles, addUrl } from '../uploads.js';
import { icons } from './icons.js';

export function dropzone({ balance }, isEmpty) {
  return html`
    <section class="dropzone ${isEmpty ? 'is-large' : ''}" aria-labelledby="drop-title">
      ${isEmpty ? html`<span class="sign">${icons.upload}</span>` : nothing}
      <h2 id="drop-title">${t(isEmpty ? 'drop.title' : 'drop.more')}</h2>
      ${isEmpty ? html`<p class="hint">${t('drop.ways')}</p>` : nothing}
      <div class="choices">
        ${fileButton('drop.files', false, isEmpty)} ${fileButton('drop.folder', true, false)}
        <form class="link" @submit=${takeUrl} novalidate>
          <label class="unseen" for="link">${t('drop.link')}</label>
          <input id="link" name="url" type="url" inputmode="url" autocomplete="off" placeholder=${t('drop.link')} />
          <button type="submit">${t('drop.add')}</button>
        </form>
      </div>
      ${isEmpty ? html`<p class="facts">${facts(balance)}</p>` : nothing}
    </section>
  `;
}

/** A button that opens the browser's dialog for files. Its input is hidden: visitors see and focus the button. */
const fileButton = (key, isFolder, isMain) => html`
  <button type="button" class=${isMain ? 'main' : ''} @click=${({ currentTarget }) => currentTarget.nextElementSibling.click()}>
    ${t(key)}
  </button>
  <input type="file" multiple hidden ?webkitdirectory=${isFolder} data-way=${isFolder ? 'folder' : 'files'} @change=${takeChosen} />
`;

function facts(balance) {
  const { input } = known.config.formats;
  const formats = [...new Set(input.map(({ name }) => formatName(name)))].join(', ');
  const { retention_seconds: kept } = known.config.tiers[balance?.tier ?? 'unregistered'];
  const time = fromNow(Date.now() + kept * 1000);
  return t('drop.facts', { formats, size: bytes(known.config.limits.upload_bytes), time });
}

function take(files) {
  if (!files.length) return tell('drop.nothing');
  change({ notice: null });
  addFiles(files);
  announce(t('announcement.added', { count: files.length }));
}

const tell = (key) => change({ notice: { kind: 'error', text: t(key) } });

function takeChosen({ target }) {
  take(chosenFiles(target.files));
  target.value = '';
}

function takeUrl(event) {
  event.preventDefault();
  const { url: field } = event.target.elements;
  const url = readUrl(field.value);
  if (!url) return tell('drop.no-link');
  addUrl(url);
  change({ notice: null });
  field.value = '';
}

/** The whole page accepts drops. The browser must not open a dropped file in place of the page. */
export function watchDrops() {
  const { classList } = document.documentElement;
  let depth = 0;
  const leave = () => classList.toggle('is-dropping', (depth = Math.max(0, depth - 1)) > 0);
  addEventListener('dragenter', () => classList.toggle('is-dropping', (depth += 1) > 0));
  addEventListener('dragleave', leave);
  addEventListener('dragover', (event) => event.preventDefault());
  addEventListener('drop', (event) => {
    event.preventDefault();
    depth = 0;
    leave();
    takeDropped(event.dataTransfer);
  });
  addEventListener('paste', takePasted);
}

function takeDropped(transfer) {
  const url = droppedUrl(transfer);
  if (url && !transfer.files.length) addUrl(url);
  else droppedFiles(transfer).then(take, () => tell('drop.unreadable'));
}

function takePasted(event) {
  const files = chosenFiles(event.clipboardData.files);
  const url = event.target.closest('input, textarea') ? null : readUrl(event.clipboardData.getData('text/plain'));
  if (files.length) take(files);
  else if (url) addUrl(url);
}
