/** The card of one image: in progress, done, or failed. */
import { bytes, formatName, number, saving } from '../formatting.js';
import { html, nothing } from '../html.js';
import { erase, remove } from '../jobs.js';
import { loadOriginal, save } from '../results.js';
import { change } from '../store.js';
import { t } from '../texts.js';
import { icons } from './icons.js';
import { reason } from './reason.js';
import { thumbnail } from './thumbnail.js';
import { words } from './words.js';

const BODIES = { queued: waiting, processing: working, completed, failed, expired: failed };

export const resultCard = (item, state) => html`
  <li class="item is-${item.state}">
    ${thumbnail(item.after ?? item.before, item.state === 'failed')}
    ${BODIES[item.state](item, state)}
  </li>
`;

function waiting(item) {
  const place = item.position ? t('state.place', { place: number(item.position) }) : t('state.queued');
  return underWay(item, item.wait ? `${place}, ${t('state.wait', { count: item.wait })}` : place);
}

function working(item) {
  return underWay(item, t('state.processing'));
}

const underWay = (item, text) => html`
  <div class="about">
    <p class="name" title=${item.name}>${item.name}</p>
    <p class="details">${item.size ? bytes(item.size) : nothing} <span>${text}</span></p>
    <progress aria-label=${t('staged.progress', { name: item.name })}></progress>
  </div>
  <button type="button" class="quiet" aria-label=${t('stop', { name: item.name })} @click=${() => erase(item)}>${icons.close}</button>
`;

function failed(item) {
  return html`
    <div class="about">
      <p class="name" title=${item.name}>${item.name}</p>
      <p class="wrong">${reason(item.error, 'state.failed')}</p>
    </div>
    <button type="button" class="quiet" aria-label=${t('remove', { name: item.name })} @click=${() => remove(item)}>${icons.close}</button>
  `;
}

function completed(item, { copied }) {
  const { job } = item;
  const name = job.processed_filename;
  return html`
    <div class="about">
      <p class="name" title=${name}>${name}</p>
      <p class="sizes">
        <span class="unseen">${t('result.before')}</span><s>${bytes(job.original_size)}</s>
        <span aria-hidden="true">→</span>
        <span class="unseen">${t('result.after')}</span><strong>${bytes(job.processed_size)}</strong>
        <span class="saving ${job.processed_size > job.original_size ? 'is-larger' : ''}">${saving(job.original_size, job.processed_size)}</span>
      </p>
      <p class="details">${detailsOf(job).map((each) => html`<span>${each}</span>`)}</p>
    </div>
    <div class="actions">
      <button type="button" ?disabled=${!item.after} @click=${() => compare(item)} aria-label=${t('compare.of', { name })}>
        ${icons.compare}<span>${t('compare')}</span>
      </button>
      <button type="button" class="main" @click=${() => save(item)} aria-label=${t('download.of', { name })}>
        ${icons.download}<span>${t('download')}</span>
      </button>
      <button type="button" class="quiet" aria-label=${t('erase', { name })} title=${t('erase.title')} @click=${() => erase(item)}>${icons.trash}</button>
    </div>
    ${item.lost ? html`<p class="warning" lang="en">${item.lost}</p>` : nothing}
    ${words(job, copied)} ${job.warning ? html`<p class="warning" lang="en">${job.warning}</p>` : nothing}
  `;
}

function detailsOf(job) {
  return [
    `${number(job.processed_width)} × ${number(job.processed_height)}`,
    formatName(job.processed_format),
    ...(typeof job.score === 'number' ? [t('result.score', { score: number(job.score, { maximumFractionDigits: 0 }) })] : []),
    ...(job.original_returned ? [t('result.original')] : []),
    ...(job.size_limit_met === false ? [t('result.limit')] : []),
  ];
}

function compare(item) {
  change({ dialog: { kind: 'compare', id: item.id } });
  loadOriginal(item.id);
}
