/** Server-Sent Events by fetch, because EventSource can't send credentials in headers. */

/** Yields each event as `{name, data, id}`, where `data` is an object. Ends with the stream. */
export async function* readEvents(answer) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let incomplete = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (incomplete + value).split('\n\n');
    incomplete = blocks.pop();
    yield* blocks.map(readEvent).filter(Boolean);
  }
}

/** Parses an event. Null if it has no data, such as a comment that keeps the connection alive. */
function readEvent(block) {
  const fields = { event: 'message', data: [] };
  for (const line of block.split('\n')) {
    const [name, value] = line.split(/: ?(.*)/s, 2);
    if (name === 'data') fields.data.push(value);
    else if (name) fields[name] = value;
  }
  return fields.data.length ? { name: fields.event, data: JSON.parse(fields.data.join('\n')), id: fields.id } : null;
}
