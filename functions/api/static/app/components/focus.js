/** Moves the focus when the focused element is removed. Browsers would move the focus to the top of the page. */

/** Moves the focus to the next image, or else to the previous one, or else to the start of the page's content. */
export function keepFocus(draw) {
  const focused = document.activeElement;
  const item = focused?.closest('.item');
  const index = item ? [...item.parentElement.children].indexOf(item) : -1;
  const list = item?.parentElement;
  draw();
  if (!item || focused.isConnected) return;
  const remaining = list.isConnected ? list.children : [];
  const next = remaining[Math.min(index, remaining.length - 1)];
  (next?.querySelector('button:not(:disabled)') ?? document.getElementById('main')).focus();
}
