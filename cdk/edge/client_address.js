// Overwrites the header, so that a client can't set it.
function handler(event) {
    event.request.headers['imgopt-client-address'] = { value: event.viewer.ip };
    return event.request;
}
