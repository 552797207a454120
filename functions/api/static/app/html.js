/** The parts of lit-html that the page uses. Values in templates are text, never markup. */
export { html, svg, nothing, render } from '../vendored/lit-html/lit-html.js';
export { repeat } from '../vendored/lit-html/directives/repeat.js';
export { live } from '../vendored/lit-html/directives/live.js';
