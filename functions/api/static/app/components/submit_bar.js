/** The button that submits, with the price and the credits that are left afterwards. */
import { bytes, number } from '../formatting.js';
import { html, nothing } from '../html.js';
import { submitReady } from '../jobs.js';
import { t } from '../texts.js';
import { reason } from './reason.js';

export function submitBar({ quote, balance }, staged) {
  const count = staged.filter(({ state }) => state === 'ready').length;
  const isSubmitting = staged.some(({ state }) => state === 'submitting');
  const label = count ? t('submit', { count }) : t(isSubmitting ? 'submit.submitting' : 'submit.none');
  return html`
    <div class="submit">
      <div role="status">${count ? html`<p class="price">${price(quote)}</p>` : nothing}</div>
      <button type="button" class="main large" aria-disabled=${String(!count || isSubmitting)} @click=${() => count && !isSubmitting && submitReady()}>${label}</button>
      ${balance && !count ? html`<p class="hint">${t('submit.left', { left: number(balance.credits_remaining), limit: number(balance.credits_limit) })}</p>` : nothing}
    </div>
  `;
}

function price(quote) {
  if (!quote) return t('price.loading');
  if (quote.error !== undefined) return html`<span class="wrong">${reason(quote.error)}</span>`;
  const left = quote.remaining - quote.credits;
  return html`
    <strong>${t('price', { count: quote.credits, credits: number(quote.credits) })}</strong>
    <span class=${left < 0 ? 'wrong' : ''}>
      ${left < 0 ? t('price.missing', { left: number(quote.remaining) }) : t('price.after', { count: left, left: number(left) })}
    </span>
    <span class="about-bytes">${t('price.bytes', { size: bytes(quote.bytes) })}</span>
  `;
}
