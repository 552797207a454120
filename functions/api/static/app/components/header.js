import { openAccount } from '../account.js';
import { number } from '../formatting.js';
import { html, nothing } from '../html.js';
import { known } from '../known.js';
import { change } from '../store.js';
import { LANGUAGES, chooseLanguage, currentLanguage, t } from '../texts.js';
import { icons } from './icons.js';

const SIGN_IN = 'mcp/sign-in?wanted=app';

export const header = ({ session, balance }) => html`
  <header class="top">
    <a class="brand" href="app">
      <svg viewBox="0 0 32 32" aria-hidden="true">
        <rect class="back" width="32" height="32" rx="8" />
        <path d="m5 25 8-11 5.500 7 3.500-4 5 8z" />
        <circle cx="22" cy="10.500" r="3" />
      </svg>
      <span>${t('brand')}</span>
    </a>
    <div class="tools">
      ${languageChoice()}
      <button class="pill" type="button" @click=${openAccount}>
        ${session ? icons.person : nothing}
        <span>${balance ? t('credits.count', { count: balance.credits_remaining, left: number(balance.credits_remaining) }) : t('account')}</span>
      </button>
      ${session || !known.config.sign_in ? nothing : signInLink()}
    </div>
  </header>
`;

export const signInLink = () => html`<a class="button small" href=${SIGN_IN}>${t('sign-in')}</a>`;

const languageChoice = () => html`
  <label class="language">
    <span class="unseen">${t('language')}</span>
    <select @change=${({ target }) => chooseLanguage(target.value).then(() => change({}))}>
      ${Object.entries(LANGUAGES).map(
        ([code, name]) => html`<option value=${code} lang=${code} ?selected=${code === currentLanguage()}>${name}</option>`,
      )}
    </select>
  </label>
`;
