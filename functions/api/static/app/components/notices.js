/** Notices: errors of the API, a lost connection, the end of a session. */
import { moment, number } from '../formatting.js';
import { html, nothing } from '../html.js';
import { known } from '../known.js';
import { change } from '../store.js';
import { t } from '../texts.js';
import { signInLink } from './header.js';
import { icons } from './icons.js';

export const notices = ({ online, notice, session }) => html`
  <div class="notices">
    <div role="status">${online ? nothing : offline()}</div>
    <div role="alert">${session?.isOver ? sessionOver() : nothing} ${notice ? noticeBar(notice) : nothing}</div>
  </div>
`;

const offline = () => html`
  <div class="notice is-note">${icons.offline}<p><strong>${t('offline.title')}</strong> ${t('offline.text')}</p></div>
`;

const sessionOver = () => html`
  <div class="notice is-note">${icons.person}<p>${t('session.over')}</p>${signInLink()}</div>
`;

/** The API's messages are English, which `lang` tells screen readers. */
const noticeBar = ({ kind, text, isFromApi, credits }) => html`
  <div class="notice is-${kind}">
    ${icons.alert}
    <p>
      ${isFromApi ? html`<span lang="en">${text}</span>` : text}
      ${credits ? html`<span class="more">${missing(credits)}</span>` : nothing}
    </p>
    ${credits?.isGuest && known.config.sign_in ? signInLink() : nothing}
    <button type="button" class="quiet" aria-label=${t('close')} @click=${() => change({ notice: null })}>${icons.close}</button>
  </div>
`;

const missing = ({ needed, remaining, resetAt, isGuest }) =>
  [
    t('credits.missing', { needed: number(needed), left: number(remaining), time: moment(resetAt) }),
    ...(isGuest && known.config.sign_in ? [t('credits.sign-in', { credits: number(known.config.tiers.free.credits) })] : []),
  ].join(' ');
