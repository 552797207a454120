/** Two images on top of each other, divided by a line: left of it the original, right of it the result.

The pointer or a range input moves the line. The pointer or arrow keys move the zoomed image. Two fingers zoom.
*/
import { percent } from '../formatting.js';
import { html, nothing, render } from '../html.js';
import { t } from '../texts.js';
import { icons } from './icons.js';

const FIT = 1, LARGEST = 16, STEP = 2;
const KEY_DISTANCE = 40;
const DIRECTIONS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const PERCENT = 100;

class CompareView extends HTMLElement {
  #split = PERCENT / 2;
  #zoom = FIT;
  #offset = [0, 0];
  #grabbed = null;
  #pointers = new Map();
  #pictures = {};
  #isUnseen = false;

  set before(url) {
    this.#put({ before: url });
  }

  set after(url) {
    this.#put({ after: url });
  }

  set hasNoBefore(is) {
    this.#put({ hasNoBefore: is });
  }

  set size([width, height]) {
    this.#put({ width, height });
  }

  #put(changes) {
    this.#pictures = { ...this.#pictures, ...changes };
    if (this.isConnected) this.#draw();
  }

  /** Renders again when the dialog has opened, as the dialog has no size before. */
  connectedCallback() {
    this.#draw();
    new ResizeObserver(() => this.#draw()).observe(this);
  }

  #draw() {
    const { width, height } = this.#pictures;
    this.style.setProperty('--ratio', width / height);
    render(this.#template(), this);
    this.style.setProperty('--split', `${this.#split}%`);
    this.style.setProperty('--zoom', this.#zoom);
    this.style.setProperty('--x', `${this.#offset[0]}px`);
    this.style.setProperty('--y', `${this.#offset[1]}px`);
  }

  #template() {
    const { before, after, hasNoBefore } = this.#pictures;
    const canCompare = before && !hasNoBefore && !this.#isUnseen;
    return html`
      <div
        class="stage" tabindex="0" role="group" aria-label=${t('compare.stage')} @keydown=${this.#pan}
        @pointerdown=${this.#grab} @pointermove=${this.#drag} @pointerup=${this.#letGo} @pointercancel=${this.#letGo} @wheel=${this.#wheel}
      >
        <div class="layer"><img src=${after ?? nothing} alt=${t('result.after')} draggable="false" /></div>
        ${canCompare
          ? html`<div class="layer front"><img src=${before} alt=${t('result.before')} draggable="false" @error=${() => this.#unsee()} /></div>
              <div class="line" aria-hidden="true"></div>
              <span class="tag left">${t('result.before')}</span><span class="tag right">${t('result.after')}</span>`
          : nothing}
      </div>
      <div class="controls">
        ${canCompare ? this.#range() : html`<p class="hint">${t(before || hasNoBefore ? 'compare.unseen' : 'compare.loading')}</p>`}
        ${this.#zoomButtons()}
      </div>
    `;
  }

  #range() {
    return html`
      <label>
        <span>${t('compare.split')}</span>
        <input type="range" min="0" max=${PERCENT} .value=${String(this.#split)} @input=${({ target }) => this.#splitAt(Number(target.value))} />
      </label>
    `;
  }

  #zoomButtons() {
    return html`
      <div class="zoom" role="group" aria-label=${t('zoom')}>
        <button type="button" aria-label=${t('zoom.out')} ?disabled=${this.#zoom <= this.#smallest} @click=${() => this.#zoomBy(1 / STEP)}>${icons.minus}</button>
        <output>${percent(this.#scale)}</output>
        <button type="button" aria-label=${t('zoom.in')} ?disabled=${this.#zoom >= LARGEST} @click=${() => this.#zoomBy(STEP)}>${icons.plus}</button>
        <button type="button" aria-label=${t('zoom.one')} @click=${() => this.#zoomTo(this.#zoom / this.#scale)}>1:1</button>
        <button type="button" aria-label=${t('zoom.fit')} @click=${() => this.#zoomTo(FIT)}>${icons.fit}</button>
      </div>
    `;
  }

  /** Called if the browser can't show the original's format. */
  #unsee() {
    this.#isUnseen = true;
    this.#draw();
  }

  #splitAt(split) {
    this.#split = Math.min(PERCENT, Math.max(0, split));
    this.#draw();
  }

  /** Device pixels for one pixel of the result. */
  get #scale() {
    const { width, height } = this.#pictures;
    const stage = this.querySelector('.stage') ?? { clientWidth: width, clientHeight: height };
    return (this.#zoom * Math.min(stage.clientWidth / width, stage.clientHeight / height) * devicePixelRatio) || 1;
  }

  /** The zoom at which the whole image fits, or 1:1 if the image is smaller than the stage. */
  get #smallest() {
    return Math.min(FIT, this.#zoom / this.#scale);
  }

  #zoomBy(factor) {
    this.#zoomTo(this.#zoom * factor);
  }

  /** Changes the zoom. The centre stays in place. */
  #zoomTo(zoom) {
    const bounded = Math.min(LARGEST, Math.max(this.#smallest, zoom));
    this.#moveTo(this.#offset.map((each) => (each * bounded) / this.#zoom), bounded);
  }

  /** Moves the image, but not beyond its edges. */
  #moveTo(offset, zoom = this.#zoom) {
    const { clientWidth, clientHeight } = this.querySelector('.stage');
    const limits = [clientWidth, clientHeight].map((length) => (length * Math.max(0, zoom - 1)) / 2);
    this.#zoom = zoom;
    this.#offset = offset.map((each, axis) => Math.min(limits[axis], Math.max(-limits[axis], each)));
    this.#draw();
  }

  #pan = (event) => {
    const direction = DIRECTIONS[event.key];
    if (!direction || event.target !== event.currentTarget) return;
    event.preventDefault();
    this.#moveTo(this.#offset.map((each, axis) => each + direction[axis] * KEY_DISTANCE));
  };

  /** Dragging moves the line if it begins near the line, or if the whole image is visible. Otherwise it moves the image. */
  #grab = (event) => {
    event.preventDefault();
    event.currentTarget.focus({ preventScroll: true });
    event.currentTarget.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, [event.clientX, event.clientY]);
    if (this.#pointers.size > 1) return this.#beginPinch();
    const distance = Math.abs(this.#shareOf(event) - this.#split);
    this.#grabbed = { line: this.#zoom <= FIT || distance < 4, at: [event.clientX, event.clientY], offset: this.#offset, split: this.#split };
    if (this.#grabbed.line) this.#splitAt(this.#shareOf(event));
  };

  #drag = (event) => {
    if (this.#pointers.size > 1) return this.#pinch(event);
    if (!this.#grabbed) return;
    if (this.#grabbed.line) return this.#splitAt(this.#shareOf(event));
    const moved = [event.clientX, event.clientY].map((each, axis) => each - this.#grabbed.at[axis]);
    this.#moveTo(this.#grabbed.offset.map((each, axis) => each + moved[axis]));
  };

  /** Undoes the move of the line by the first finger. */
  #beginPinch() {
    if (this.#grabbed) this.#splitAt(this.#grabbed.split);
    this.#grabbed = null;
  }

  #pinch({ pointerId, clientX, clientY }) {
    const before = this.#spread;
    this.#pointers.set(pointerId, [clientX, clientY]);
    if (before) this.#zoomBy(this.#spread / before);
  }

  /** The distance between the first two fingers. */
  get #spread() {
    const [first, second] = this.#pointers.values();
    return Math.hypot(first[0] - second[0], first[1] - second[1]);
  }

  #letGo = ({ pointerId }) => {
    this.#pointers.delete(pointerId);
    this.#grabbed = null;
  };

  #wheel = (event) => {
    event.preventDefault();
    this.#zoomBy(event.deltaY < 0 ? 1.25 : 0.8);
  };

  #shareOf({ clientX, currentTarget }) {
    const { left, width } = currentTarget.getBoundingClientRect();
    return ((clientX - left) / width) * PERCENT;
  }
}

customElements.define('compare-view', CompareView);
