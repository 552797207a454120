<?php
/**
 * What the WordPress plugin of TinyPNG and its PHP client ask, with the options of curl and of streams that they set.
 *
 * Arguments: the address, what curl connects to in its place (HOST:PORT:HOST:PORT, or nothing), the certificates that
 * are trusted, the key, an image. Prints JSON: what each call came to.
 */

[, $endpoint, $connect_to, $trusted, $key, $path] = $argv;
$image = file_get_contents($path);

function request_by_curl(string $method, string $url, ?string $body = null, bool $is_json = false): array
{
    global $endpoint, $connect_to, $trusted, $key;
    $request = curl_init();
    curl_setopt_array($request, [
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_HEADER => true,
        CURLOPT_USERPWD => "api:$key",
        CURLOPT_CAINFO => $trusted,
        CURLOPT_SSL_VERIFYPEER => true,
        CURLOPT_USERAGENT => 'Tinify/1.6.4 PHP/' . PHP_VERSION . ' WordPress/6.8 Plugin/3.7.0',
        // The client puts the address before all but a whole one by HTTPS.
        CURLOPT_URL => str_starts_with(strtolower($url), 'https:') ? $url : $endpoint . $url,
        CURLOPT_CUSTOMREQUEST => $method,
        CURLOPT_PROXY => '',
    ]);
    if ($connect_to) curl_setopt($request, CURLOPT_CONNECT_TO, [$connect_to]);
    if ($is_json) curl_setopt($request, CURLOPT_HTTPHEADER, ['Content-Type: application/json']);
    if ($body) curl_setopt($request, CURLOPT_POSTFIELDS, $body);
    $answer = curl_exec($request);
    if (!is_string($answer)) return ['error' => curl_error($request)];
    $size = curl_getinfo($request, CURLINFO_HEADER_SIZE);
    $headers = read_headers(explode("\r\n", substr($answer, 0, $size)));
    return [
        'status' => curl_getinfo($request, CURLINFO_HTTP_CODE), 'headers' => $headers, 'body' => substr($answer, $size),
    ];
}

/** As the plugin asks where PHP has no curl. Its two `Content-Type` are both sent. */
function request_by_stream(string $method, string $url, ?string $body = null, array $headers = []): array
{
    global $endpoint, $connect_to, $trusted, $key;
    $tls = ['cafile' => $trusted, 'verify_peer' => true];
    if ($connect_to) {
        [$name, , $host, $port] = explode(':', $connect_to);
        $url = str_replace($endpoint, "https://$host:$port", $url);
        $tls['peer_name'] = $name;
    }
    $context = stream_context_create(['ssl' => $tls, 'http' => [
        'method' => $method,
        'header' => [
            ...$headers,
            'Authorization: Basic ' . base64_encode("api:$key"),
            'User-Agent: WordPress/6.8 Plugin/3.7.0 fopen',
            'Content-Type: multipart/form-data',
        ],
        'content' => $body,
        'follow_location' => 0,
        'max_redirects' => 1,
        'ignore_errors' => true,
    ]]);
    $stream = @fopen($url ?: '/none', 'rb', false, $context);
    if (!$stream) return ['error' => error_get_last()['message']];
    $lines = stream_get_meta_data($stream)['wrapper_data'];
    $status = (int) explode(' ', $lines[0])[1];
    return ['status' => $status, 'headers' => read_headers($lines), 'body' => stream_get_contents($stream)];
}

function read_headers(array $lines): array
{
    $headers = [];
    foreach ($lines as $line) {
        $parts = explode(':', $line, 2);
        if (count($parts) === 2) $headers[strtolower($parts[0])] = trim($parts[1]);
    }
    return $headers;
}

function describe(array $answer): array
{
    if (isset($answer['error'])) return $answer;
    $headers = $answer['headers'];
    $is_json = str_starts_with($headers['content-type'] ?? '', 'application/json');
    return [
        'status' => $answer['status'],
        'size' => strlen($answer['body']),
        'type' => $headers['content-type'] ?? null,
        'width' => $headers['image-width'] ?? null,
        'count' => $headers['compression-count'] ?? null,
        'remaining' => $headers['compression-count-remaining'] ?? null,
        'state' => $headers['paying-state'] ?? null,
        'email' => $headers['email-address'] ?? null,
        'location' => $headers['location'] ?? null,
        'json' => $is_json ? json_decode($answer['body'], true) : null,
    ];
}

$resized = json_encode(['resize' => ['method' => 'fit', 'width' => 60, 'height' => 60], 'preserve' => ['copyright']]);
$converted = json_encode(['convert' => ['type' => ['image/webp', 'image/avif']]]);

$told = ['key' => request_by_curl('GET', "/keys/$key"), 'shrunk' => request_by_curl('POST', '/shrink', $image)];
$location = $told['shrunk']['headers']['location'] ?? '';
$told += [
    'validated' => request_by_curl('POST', '/shrink'),
    'result' => request_by_curl('GET', $location),
    'resized' => request_by_curl('POST', $location, $resized, true),
    'converted' => request_by_curl('POST', $location, $converted, true),
    'refused' => request_by_curl('POST', '/shrink', 'no image'),
    'unknown' => request_by_curl('GET', '/keys/wrong'),
    'shrunk by stream' => $by_stream = request_by_stream('POST', "$endpoint/shrink", $image),
];
// Opened as it is: a path alone would be a file's.
$whole = $by_stream['headers']['location'] ?? '';
$told += [
    'key by stream' => request_by_stream('GET', "$endpoint/keys/$key"),
    'result by stream' => request_by_stream('GET', $whole),
    'resized by stream' => request_by_stream('GET', $whole, $resized, ['Content-Type: application/json']),
];
echo json_encode(array_map('describe', $told), JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES), "\n";
