/** The images that are not submitted yet, or were refused. */
import { bytes, percent } from '../formatting.js';
import { html, nothing, repeat } from '../html.js';
import { remove } from '../jobs.js';
import { t } from '../texts.js';
import { sendAgain } from '../uploads.js';
import { icons } from './icons.js';
import { reason } from './reason.js';
import { thumbnail } from './thumbnail.js';

export function stagedList(items) {
  const accepted = items.filter(({ state }) => state !== 'refused').length;
  return html`
    <section class="list" aria-labelledby="staged-title">
      <h2 id="staged-title">
        ${t(accepted ? 'staged.title' : 'staged.refused')} <span class="count">${accepted || items.length}</span>
      </h2>
      <ul>
        ${repeat(items, ({ id }) => id, stagedItem)}
      </ul>
    </section>
  `;
}

const stagedItem = (item) => html`
  <li class="item is-${item.state}">
    ${thumbnail(item.before, item.state === 'refused')}
    <div class="about">
      <p class="name" title=${item.name}>${item.name}</p>
      ${item.state === 'refused'
        ? html`<p class="wrong">${reason(item.error, 'state.unsent')}</p>`
        : html`<p class="details">${item.size ? bytes(item.size) : nothing} <span>${stateOf(item)}</span></p>`}
      ${item.state === 'uploading' ? bar(item) : nothing}
    </div>
    <div class="actions">
      ${item.state === 'refused' && !item.isFinal ? againButton(item) : nothing}
      <button type="button" class="quiet" ?disabled=${item.state === 'submitting'} aria-label=${t('remove', { name: item.name })} @click=${() => remove(item)}>
        ${icons.close}
      </button>
    </div>
  </li>
`;

const againButton = (item) => html`
  <button type="button" aria-label=${t('again.of', { name: item.name })} @click=${() => sendAgain(item)}>${t('again')}</button>
`;

const bar = ({ name, progress }) => html`
  <progress max="1" value=${progress || nothing} aria-label=${t('staged.progress', { name })}></progress>
`;

const stateOf = ({ state, progress }) => t(`state.${state}`, { progress: percent(progress ?? 0) });
