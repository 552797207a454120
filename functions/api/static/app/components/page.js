/** The page as a function of its state. */
import { html, nothing } from '../html.js';
import { t } from '../texts.js';
import { accountDialog } from './account_dialog.js';
import { compareDialog } from './compare_dialog.js';
import { dropzone } from './dropzone.js';
import { header } from './header.js';
import { resultList } from './result_list.js';
import { notices } from './notices.js';
import { settingsPanel } from './settings_panel.js';
import { stagedList } from './staged_list.js';

const STAGED = ['uploading', 'waiting', 'ready', 'refused', 'submitting'];

export function page(state) {
  const staged = state.items.filter(({ state: stage }) => STAGED.includes(stage));
  const results = state.items.filter(({ state: stage }) => !STAGED.includes(stage));
  const isEmpty = !state.items.length;
  return html`
    <a class="skip" href="#main">${t('skip')}</a>
    ${header(state)}
    <main id="main" tabindex="-1" class=${isEmpty ? 'is-empty' : ''}>
      ${isEmpty ? intro() : html`<h1 class="unseen">${t('title')}</h1>`}
      ${notices(state)}
      <div class="columns">
        <div class="work">
          ${dropzone(state, isEmpty)} ${staged.length ? stagedList(staged) : nothing}
          ${results.length ? resultList(results, state) : nothing}
        </div>
        ${isEmpty ? nothing : settingsPanel(state, staged)}
      </div>
    </main>
    ${footer()} ${compareDialog(state)} ${accountDialog(state)}
    <p class="unseen" role="status">${state.announcement}</p>
  `;
}

const intro = () => html`
  <div class="intro">
    <h1>${t('intro.title')}</h1>
    <p>${t('intro.text')}</p>
  </div>
`;

const footer = () => html`<footer><a href="docs">${t('footer.api')}</a></footer>`;
