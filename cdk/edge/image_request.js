// Browsers send many different Accept headers, and each would be cached separately. They are reduced to four.
var FORMATS = [
    ['jxl', ['image/jxl', 'image/avif', 'image/webp']],
    ['avif', ['image/avif', 'image/webp']],
    ['webp', ['image/webp']],
];
// Device pixel ratios are rounded up to these, and widths to multiples of `STEP` pixels, at most `WIDEST`.
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
    // Overwrites the header, so that a client can't set it.
    headers['imgopt-client-address'] = { value: event.viewer.ip };
    // The query has no effect on the image, and each query would be cached separately.
    request.querystring = {};
    return request;
}
