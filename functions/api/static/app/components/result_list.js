/** The jobs of this visit and of earlier ones. */
import { bytes, fromNow, percent } from '../formatting.js';
import { html, nothing, repeat } from '../html.js';
import { remove } from '../jobs.js';
import { saveAll } from '../results.js';
import { t } from '../texts.js';
import { icons } from './icons.js';
import { resultCard } from './result_card.js';

// The most results of one ZIP archive.
const MOST_IN_ZIP = 100;

export function resultList(items, state) {
  const completed = items.filter(({ state: stage }) => stage === 'completed');
  const earlier = items.filter(({ isEarlier }) => isEarlier);
  const recent = items.filter(({ isEarlier }) => !isEarlier).reverse();
  return html`
    <section class="list results" aria-labelledby="results-title">
      <div class="heading">
        <h2 id="results-title">${t('results.title')} <span class="count">${items.length}</span></h2>
        ${completed.length ? total(completed) : nothing}
        <div class="actions">
          ${completed.length > 1 ? zipButton(completed) : nothing}
          <button type="button" class="quiet text" @click=${() => ended(items).forEach(remove)}>${t('results.clear')}</button>
        </div>
      </div>
      ${cards(recent, state)}
      ${earlier.length ? html`<h3>${t('results.earlier')}</h3>${cards(earlier, state)}` : nothing}
      ${completed.length ? html`<p class="hint kept">${t('results.kept', { time: firstExpiry(completed) })}</p>` : nothing}
    </section>
  `;
}

const cards = (items, state) => html`<ul>${repeat(items, ({ id }) => id, (item) => resultCard(item, state))}</ul>`;

const firstExpiry = (completed) => fromNow(completed.map(({ job }) => job.expires_at).sort()[0]);

const ended = (items) => items.filter(({ state }) => !['queued', 'processing'].includes(state));

function total(completed) {
  const [before, after] = ['original_size', 'processed_size'].map((name) => completed.reduce((sum, { job }) => sum + job[name], 0));
  if (after >= before) return nothing;
  return html`<p class="total">${t('results.total', { saved: bytes(before - after), share: percent(1 - after / before) })}</p>`;
}

const zipButton = (completed) => html`
  <button type="button" class="main" @click=${() => saveAll(completed.slice(-MOST_IN_ZIP))}>${icons.download}<span>${t('results.zip')}</span></button>
`;
