/** The browser's dialog element: it traps the focus, closes on Escape, and restores the focus. */
import { html, nothing } from '../html.js';
import { change, getState } from '../store.js';
import { t } from '../texts.js';
import { icons } from './icons.js';

/** Handles the event `close`. The event comes late: another dialog may already be open. */
const handleClose = (name) => getState().dialog?.kind === name && change({ dialog: null });

/** Closes the dialog. The browser restores the focus, and then the dialog is removed from the page. */
const closeDialog = () => document.querySelector('dialog[open]')?.close();

class ModalDialog extends HTMLElement {
  connectedCallback() {
    queueMicrotask(() => this.querySelector('dialog')?.showModal());
  }
}
customElements.define('modal-dialog', ModalDialog);

const closeOutside = ({ target, currentTarget }) => target === currentTarget && closeDialog();

export const dialog = (name, title, content) =>
  content === null
    ? nothing
    : html`
        <modal-dialog>
          <dialog class=${name} aria-labelledby="${name}-title" @close=${() => handleClose(name)} @click=${closeOutside}>
            <div class="inside">
              <div class="heading">
                <h2 id="${name}-title">${title}</h2>
                <button type="button" class="quiet" aria-label=${t('close')} @click=${closeDialog}>${icons.close}</button>
              </div>
              ${content}
            </div>
          </dialog>
        </modal-dialog>
      `;
