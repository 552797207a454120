// Whatever a client has written into this header is overwritten.
function handler(event) {
    event.request.headers['imgopt-client-address'] = { value: event.viewer.ip };
    return event.request;
}
