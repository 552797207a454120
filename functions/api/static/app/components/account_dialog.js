/** The dialog of the account: credits, usage, plans, and links to the account's pages. */
import { moment, number } from '../formatting.js';
import { html, nothing } from '../html.js';
import { known } from '../known.js';
import { t } from '../texts.js';
import { dialog } from './dialog.js';
import { signInLink } from './header.js';
import { plans } from './plans.js';
import { reason } from './reason.js';
import { usageChart } from './usage_chart.js';

export function accountDialog(state) {
  if (state.dialog?.kind !== 'account') return dialog('account', '', null);
  return dialog('account', state.session?.name ?? t('account.guest'), content(state));
}

const content = ({ session, balance, usage, dialog: { error } }) => html`
  ${error === undefined ? nothing : html`<p class="wrong" role="alert">${reason(error)}</p>`} ${balance ? meter(balance) : nothing}
  ${session ? html`${usageChart(usage)} ${plans(balance)} ${links(session)}` : guest()}
`;

const meter = ({ tier, credits_remaining: left, credits_limit: limit, credits_reset_at: resetAt }) => html`
  <div class="meter">
    <p><strong>${t(`tier.${tier}`)}</strong> <span>${t('credits.of', { left: number(left), limit: number(limit) })}</span></p>
    <meter min="0" max=${limit} value=${left} aria-label=${t('credits')}></meter>
    <p class="hint">${t('credits.reset', { time: moment(resetAt) })}</p>
  </div>
`;

function guest() {
  if (!known.config.sign_in) return html`<p class="hint">${t('account.no-users')}</p>`;
  return html`<div class="invite"><p>${t('account.invite', { credits: number(known.config.tiers.free.credits) })}</p>${signInLink()}</div>`;
}

/** The links. Signing out also ends the session of the other pages and that at the OIDC issuer. */
const links = ({ token }) => html`
  <nav class="links" aria-label=${t('account')}>
    <a href="mcp/account">${t('account.settings')}</a>
    <a href="mcp/account#keys">${t('account.keys')}</a>
    <form method="post" action="mcp/sign-out">
      <input type="hidden" name="form_token" value=${token} />
      <button>${t('sign-out')}</button>
    </form>
  </nav>
`;
