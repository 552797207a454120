/** Starts the page: loads texts, the account, and jobs of earlier visits. */
import { refreshBalance } from './account.js';
import { page } from './components/page.js';
import { watchDrops } from './components/dropzone.js';
import { keepFocus } from './components/focus.js';
import { watchConnection } from './connection.js';
import { recall } from './history.js';
import { render } from './html.js';
import { showEarlier } from './jobs.js';
import { tellRefusals } from './refusals.js';
import { listen, now } from './store.js';
import { loadTexts } from './texts.js';

const show = (state) => keepFocus(() => render(page(state), document.getElementById('app')));

await loadTexts();
listen(show);
show(now());
tellRefusals();
watchDrops();
watchConnection();
refreshBalance();
showEarlier(recall());

// Uploads that were not submitted are lost when the page closes.
addEventListener('beforeunload', (event) => {
  if (now().items.some(({ state }) => ['uploading', 'waiting', 'ready', 'asking'].includes(state))) event.preventDefault();
});
