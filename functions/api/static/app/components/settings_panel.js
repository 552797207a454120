/** The settings for the images, and their price. The defaults suit most visitors. */
import { formatName } from '../formatting.js';
import { html, nothing } from '../html.js';
import { known } from '../known.js';
import { BY_NUMBER, DEFAULTS, LARGEST_SIDE, TARGETS } from '../processing.js';
import { requestQuote } from '../quotes.js';
import { change, getState } from '../store.js';
import { write } from '../storage.js';
import { t } from '../texts.js';
import { choice, numberField, selectField, switchField, textField } from './fields.js';
import { submitBar } from './submit_bar.js';
import { wordsSettings } from './words_settings.js';

const FACTORS = ['1', '2', '4'];
const SMALLEST_QUALITY = 1, LARGEST_QUALITY = 100;

export function settingsPanel(state, staged) {
  const { settings } = state;
  return html`
    <section class="settings" aria-labelledby="settings-title">
      <div class="heading">
        <h2 id="settings-title">${t('settings.title')}</h2>
        ${isDefault(settings) ? nothing : html`<button type="button" class="quiet text" @click=${() => put(DEFAULTS)}>${t('settings.reset')}</button>`}
      </div>
      <form @submit=${(event) => event.preventDefault()}>
        ${formatSetting(settings)} ${qualitySetting(settings)} ${sizeSetting(settings)} ${upscaleSetting(settings)}
        ${known.config.features.tag ? wordsSettings(settings, set) : nothing} ${otherSettings(settings)}
      </form>
      ${submitBar(state, staged)}
    </section>
  `;
}

const isDefault = (settings) => Object.entries(DEFAULTS).every(([name, value]) => settings[name] === value);

const set = (name, value) => put({ [name]: value });

function put(values) {
  const settings = { ...getState().settings, ...values };
  write('settings', settings);
  change({ settings });
  requestQuote();
}

function formatSetting({ format }) {
  const formats = known.config.formats.output.map((name) => [name, formatName(name)]);
  const options = [['auto', t('format.auto')], ['original', t('format.original')], ...formats];
  return selectField('format', t('format'), options, format, set, t(`format.hint.${['auto', 'original'].includes(format) ? format : 'one'}`));
}

function qualitySetting({ quality, number }) {
  const options = [...TARGETS.map((name) => [name, t(`quality.${name}`)]), [BY_NUMBER, t('quality.number')]];
  return html`
    ${selectField('quality', t('quality'), options, quality, set)}
    ${quality === BY_NUMBER ? range(number) : nothing}
  `;
}

const range = (number) => html`
  <div class="field">
    <label for="number">${t('quality.value')} <output>${number}</output></label>
    <input
      id="number" type="range" min=${SMALLEST_QUALITY} max=${LARGEST_QUALITY} .value=${String(number)}
      @input=${({ target }) => set('number', Number(target.value))}
    />
  </div>
`;

function sizeSetting({ width, height, fill }) {
  const limits = { min: 1, max: LARGEST_SIDE, placeholder: t('size.same') };
  const ways = ['pad', 'crop'].map((name) => [name, t(`size.${name}`)]);
  return html`
    <fieldset class="field">
      <legend>${t('size')}</legend>
      <div class="pair">
        ${numberField('width', t('size.width'), width, set, limits)}
        <span aria-hidden="true">×</span>
        ${numberField('height', t('size.height'), height, set, limits)}
      </div>
      ${width && height ? choice('fill', t('size.fill'), ways, fill, set) : nothing}
    </fieldset>
  `;
}

function upscaleSetting({ upscale }) {
  if (!known.config.features.upscale) return nothing;
  return choice('upscale', t('upscale'), FACTORS.map((factor) => [factor, t(`upscale.${factor}`)]), upscale, set);
}

const otherSettings = ({ limit, metadata, animation }) => html`
  <details class="others">
    <summary>${t('others')}</summary>
    ${numberField('limit', t('others.limit'), limit, set, { min: 1, max: 1_000_000, placeholder: t('others.no-limit') })}
    ${selectField('metadata', t('others.metadata'), ['none', 'copyright', 'all'].map((name) => [name, t(`metadata.${name}`)]), metadata, set)}
    ${switchField('animation', t('others.animation'), animation, set)}
  </details>
`;
