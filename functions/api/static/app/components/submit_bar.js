/** The button that submits, with the price and the credits that are left afterwards. */
import { bytes, number } from '../formatting.js';
import { html, nothing } from '../html.js';
import { submitReady } from '../jobs.js';
import { t } from '../texts.js';
import { reason } from './reason.js';

export function submitBar({ quote, balance }, staged) {
  const count = staged.filter(({ state }) => state === 'ready').length;
  const isAsking = staged.some(({ state }) => state === 'asking');
  const label = count ? t('submit', { count }) : t(isAsking ? 'submit.asking' : 'submit.none');
  return html`
    <div class="submit">
      <div role="status">${count ? html`<p class="price">${price(quote)}</p>` : nothing}</div>
      <button type="button" class="main large" aria-disabled=${String(!count || isAsking)} @click=${() => count && !isAsking && submitReady()}>${label}</button>
      ${balance && !count ? html`<p class="hint">${t('submit.left', { left: number(balance.credits_remaining), limit: number(balance.credits_limit) })}</p>` : nothing}
    </div>
  `;
}

function price(quote) {
  if (!quote) return t('price.asking');
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
