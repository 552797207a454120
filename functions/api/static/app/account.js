/** The visitor's account: credits, usage, subscriptions, signing out. */
import { ApiError, NetworkError, address, call, guestToken } from './api.js';
import { persist } from './connection.js';
import { known } from './known.js';
import { messageOf } from './refusals.js';
import { change, getState } from './store.js';

const DAYS = 30;
const GUEST = 'unregistered';

export async function refreshBalance() {
  change({ balance: await orKnownBalance(() => (getState().session || guestToken() ? call('usage/summary') : null)) ?? balanceOfNewGuest() });
}

/** The result of `request`, or the last known balance if the request fails. */
async function orKnownBalance(request) {
  try {
    return await request();
  } catch (error) {
    if (error instanceof ApiError || error instanceof NetworkError) return getState().balance;
    throw error;
  }
}

function balanceOfNewGuest() {
  const { credits } = known.config.tiers[GUEST];
  const midnight = new Date();
  midnight.setUTCHours(24, 0, 0, 0);
  return { tier: GUEST, credits_limit: credits, credits_remaining: credits, credits_reset_at: midnight.toISOString() };
}

export async function openAccount() {
  change({ dialog: { kind: 'account' }, usage: null });
  refreshBalance();
  if (!getState().session) return;
  try {
    change({ usage: await persist(() => call(`usage/history?days=${DAYS}`)) });
  } catch (error) {
    change({ usage: { error: messageOf(error) } });
  }
}

/** Opens Stripe's page, which returns to this one. */
export const choosePlan = (priceId) => {
  const pageUrl = address('app').href;
  const json = { price_id: priceId, success_url: pageUrl, cancel_url: pageUrl };
  return redirectTo(() => call('billing/checkout', { method: 'POST', json }), 'checkout_url');
};

export const managePlan = () => redirectTo(() => call('billing/portal', { method: 'POST' }), 'portal_url');

async function redirectTo(request, field) {
  try {
    location.assign((await request())[field]);
  } catch (error) {
    change({ dialog: { kind: 'account', error: messageOf(error) } });
  }
}
