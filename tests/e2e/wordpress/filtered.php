<?php
/**
 * The must-use plugin of docs/recipes/wordpress, with what it needs of WordPress written down here. Prints JSON: what is
 * answered to each address, and which requests were sent for it.
 */

define('ABSPATH', __DIR__);
$filters = $sent = [];

function add_filter(string $name, callable $filter, int $priority, int $arguments): void
{
    global $filters;
    $filters[$name] = $filter;
}

function wp_remote_request(string $url, array $arguments): array
{
    global $sent;
    $sent[] = [$url, $arguments];
    $is_large = str_ends_with($url, '/download/large');
    return ['headers' => $is_large ? ['location' => 'https://storage.example/signed'] : [], 'body' => 'of the server'];
}

function wp_remote_get(string $url, array $arguments): array
{
    global $sent;
    $sent[] = [$url, $arguments];
    return ['headers' => [], 'body' => 'of the storage'];
}

function wp_remote_retrieve_header(array $answer, string $name): string
{
    return $answer['headers'][$name] ?? '';
}

require $argv[1];
$arguments = [
    'method' => 'GET', 'timeout' => 60, 'reject_unsafe_urls' => true, 'redirection' => 5,
    'headers' => ['Authorization' => 'Bearer tfy_live_x'],
];
$told = [];
foreach (array_slice($argv, 2) as $url) {
    if ($url === 'defined') {
        define('IMGOPT_SERVER', 'http://10.0.0.5:8080/');
        continue;
    }
    $sent = [];
    $told[] = [$filters['pre_http_request'](false, $arguments, $url)['body'] ?? false, $sent];
}
echo json_encode($told, JSON_UNESCAPED_SLASHES);
