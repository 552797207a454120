/** Fields of the form, each with a label. `set(name, value)` is called with the entered value. */
import { html, live, nothing } from '../html.js';

export const selectField = (name, label, options, value, set, hint = '') => html`
  <div class="field">
    <label for=${name}>${label}</label>
    <select id=${name} @change=${({ target }) => set(name, target.value)} aria-describedby=${hint ? `${name}-hint` : nothing}>
      ${options.map(([each, text]) => html`<option value=${each} ?selected=${each === value}>${text}</option>`)}
    </select>
    ${hint ? html`<p class="hint" id="${name}-hint">${hint}</p>` : nothing}
  </div>
`;

/** A field for a number. Invalid values are set, too: the API answers what is wrong with them. */
export const numberField = (name, label, value, set, { min, max, placeholder }) => html`
  <div class="field">
    <label for=${name}>${label}</label>
    <input
      id=${name} type="number" inputmode="numeric" step="1" min=${min} max=${max} placeholder=${placeholder} .value=${live(value)}
      @input=${({ target }) => set(name, target.value)}
    />
  </div>
`;

export const textField = (name, label, value, set, placeholder, maxlength) => html`
  <div class="field">
    <label for=${name}>${label}</label>
    <input
      id=${name} type="text" maxlength=${maxlength} placeholder=${placeholder} .value=${live(value)}
      @change=${({ target }) => set(name, target.value)}
    />
  </div>
`;

export const switchField = (name, label, value, set) => html`
  <label class="switch">
    <input type="checkbox" role="switch" id=${name} .checked=${live(value)} @change=${({ target }) => set(name, target.checked)} />
    <span>${label}</span>
  </label>
`;

/** A choice of which all options are visible. */
export const choice = (name, label, options, value, set) => html`
  <fieldset class="field choice">
    <legend>${label}</legend>
    <div>
      ${options.map(
        ([each, text]) => html`
          <label>
            <input type="radio" name=${name} value=${each} .checked=${live(each === value)} @change=${() => set(name, each)} />
            <span>${text}</span>
          </label>
        `,
      )}
    </div>
  </fieldset>
`;
