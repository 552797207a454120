// Browsers write Accept in a hundred ways: each would be kept apart. What they take is one of four.
var FORMATS = [
    ['jxl', ['image/jxl', 'image/avif', 'image/webp']],
    ['avif', ['image/avif', 'image/webp']],
    ['webp', ['image/webp']],
];
// Browsers round device pixel ratios to these, and widths up to steps of so many pixels.
var RATIOS = [1, 1.5, 2, 3, 4];
var STEP = 160, WIDEST = 3840;

function taken(accept) {
    return accept.toLowerCase().split(',').map(function (each) {
        var parts = each.split(';');
        var refused = parts.slice(1).some(function (part) { return /^\s*q\s*=\s*0(\.0*)?\s*$/.test(part); });
        return refused ? '' : parts[0].trim();
    });
}

function accepted(accept) {
    var types = taken(accept);
    var found = FORMATS.filter(function (format) {
        return format[1].every(function (type) { return types.indexOf(type) >= 0; });
    })[0];
    return found ? found[1].join(',') : '*/*';
}

function ratio(text) {
    var asked = Number(text);
    var larger = RATIOS.filter(function (each) { return each >= asked; });
    return asked > 0 ? String(larger.length ? larger[0] : RATIOS[RATIOS.length - 1]) : '';
}

function width(text) {
    var asked = Number(text);
    return asked > 0 ? String(Math.min(Math.ceil(asked / STEP) * STEP, WIDEST)) : '';
}

function saving(text) {
    return text.trim().toLowerCase() === 'on' ? 'on' : '';
}

var NORMALIZED = { 'sec-ch-dpr': ratio, 'sec-ch-width': width, 'save-data': saving };

function handler(event) {
    var request = event.request, headers = request.headers;
    headers['accept'] = { value: accepted(headers['accept'] ? headers['accept'].value : '') };
    Object.keys(NORMALIZED).forEach(function (name) {
        var value = headers[name] ? NORMALIZED[name](headers[name].value) : '';
        if (value) {
            headers[name] = { value: value };
        } else {
            delete headers[name];
        }
    });
    // Whatever a client has written into this header is overwritten.
    headers['imgopt-client-address'] = { value: event.viewer.ip };
    // Nothing in a query is signed, and nothing is asked by it: each would be kept apart.
    request.querystring = {};
    return request;
}
