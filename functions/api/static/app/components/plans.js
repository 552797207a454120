/** The plans for sale, if the operator has configured Stripe. Stripe's page shows the prices. */
import { choosePlan, managePlan } from '../account.js';
import { moment, number } from '../formatting.js';
import { html, nothing } from '../html.js';
import { known } from '../known.js';
import { t } from '../texts.js';

// Statuses of a subscription that has ended. Another can be bought.
const CLOSED = ['canceled', 'incomplete_expired'];

export function plans(balance) {
  const offered = known.config.plans;
  if (!offered || !balance) return nothing;
  const { subscription } = balance;
  const isOpen = subscription?.status && !CLOSED.includes(subscription.status);
  return html`
    <section class="plans" aria-labelledby="plans-title">
      <h3 id="plans-title">${t('plans.title')}</h3>
      ${isOpen ? current(subscription) : html`<ul>${offered.map(plan)}</ul>`}
    </section>
  `;
}

const current = ({ tier, current_period_end: end, cancel_at_period_end: isEnding }) => html`
  <p>${t(isEnding ? 'plans.ending' : 'plans.current', { tier: t(`tier.${tier}`), time: end ? moment(end) : '' })}</p>
  <button type="button" @click=${managePlan}>${t('plans.manage')}</button>
`;

function plan({ tier, price_id: price }) {
  const name = t(`tier.${tier}`);
  return html`
    <li>
      <strong>${name}</strong>
      <span>${t('plans.credits', { credits: number(known.config.tiers[tier].credits) })}</span>
      <button type="button" aria-label=${t('plans.choose.of', { tier: name })} @click=${() => choosePlan(price)}>${t('plans.choose')}</button>
    </li>
  `;
}
