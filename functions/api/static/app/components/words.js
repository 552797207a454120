/** Alt text and keywords, with buttons to copy them. */
import { html, nothing } from '../html.js';
import { announce, change, getState } from '../store.js';
import { t } from '../texts.js';
import { icons } from './icons.js';

const SHOWN = 2000;

export function words(job, copied) {
  if (!job.seo_alt_text && !job.seo_keywords?.length) return nothing;
  const { words_language: language } = job;
  return html`
    <dl class="words">
      ${row(job, 'alt', job.seo_alt_text, language, copied)}
      ${row(job, 'keywords', (job.seo_keywords ?? []).join(', '), language, copied)}
    </dl>
  `;
}

function row(job, kind, text, language, copied) {
  if (!text) return nothing;
  const key = `${job.id} ${kind}`;
  const label = t(`words.copy.${kind}`, { name: job.processed_filename ?? job.original_filename });
  return html`
    <div>
      <dt>${t(`words.${kind}`)}</dt>
      <dd lang=${language ?? nothing}>${text}</dd>
      <dd>
        <button type="button" class="quiet" aria-label=${label} @click=${() => copy(key, text)}>
          ${copied === key ? icons.check : icons.copy}
        </button>
      </dd>
    </div>
  `;
}

async function copy(key, text) {
  await write(text);
  change({ copied: key });
  announce(t('announcement.copied'));
  setTimeout(() => getState().copied === key && change({ copied: null }), SHOWN);
}

/** Copies a text. Without HTTPS or permission there is no clipboard API, so the text is selected and copied. */
async function write(text) {
  try {
    return await navigator.clipboard.writeText(text);
  } catch {
    writeSelected(text);
  }
}

function writeSelected(text) {
  const focused = document.activeElement;
  const field = Object.assign(document.createElement('textarea'), { value: text, className: 'unseen' });
  document.body.append(field);
  field.select();
  document.execCommand('copy');
  field.remove();
  focused.focus();
}
