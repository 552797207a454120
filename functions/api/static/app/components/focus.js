/** Moves the focus when its element is removed. Browsers would move it to the top of the page. */

/** Moves it to the next image, or else to the previous one, or else to the start of the page's content. */
export function keepFocus(draw) {
  const focused = document.activeElement;
  const item = focused?.closest('.item');
  const at = item ? [...item.parentElement.children].indexOf(item) : -1;
  const list = item?.parentElement;
  draw();
  if (!item || focused.isConnected) return;
  const left = list.isConnected ? list.children : [];
  const next = left[Math.min(at, left.length - 1)];
  (next?.querySelector('button:not(:disabled)') ?? document.getElementById('main')).focus();
}
