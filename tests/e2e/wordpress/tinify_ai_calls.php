<?php
/**
 * What the plugin tinify.ai 1.0.0 asks by WordPress's own HTTP functions, with an address that only the must-use plugin
 * of docs/recipes/wordpress leads elsewhere.
 *
 * Arguments: the folder of a WordPress that is installed, the key, an image. Prints JSON: what each call came to.
 */

[, $folder, $key, $path] = $argv;
$_SERVER['HTTP_HOST'] = 'site.example';
require "$folder/wp-load.php";

const SERVICE = 'https://api.tinify.ai';
$known = ['Authorization' => "Bearer $key", 'User-Agent' => 'tinify-ai-wordpress/1.0.0'];

function read_answer($answer): array
{
    if (is_wp_error($answer)) return ['status' => 0, 'error' => $answer->get_error_message()];
    $body = wp_remote_retrieve_body($answer);
    return ['status' => wp_remote_retrieve_response_code($answer), 'body' => $body, 'json' => json_decode($body, true)];
}

function get_from(string $path, int $seconds): array
{
    global $known;
    return read_answer(wp_safe_remote_get(SERVICE . $path, [
        'headers' => $known, 'timeout' => $seconds, 'sslverify' => true,
    ]));
}

function post_to(string $path, string $body, string $type): array
{
    global $known;
    return read_answer(wp_safe_remote_post(SERVICE . $path, [
        'headers' => $known + ['Content-Type' => $type], 'body' => $body, 'timeout' => 60, 'sslverify' => true,
    ]));
}

$boundary = wp_generate_password(24, false);
$part = "--$boundary\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" . basename($path) . "\"\r\n"
    . 'Content-Type: ' . mime_content_type($path) . "\r\n\r\n" . file_get_contents($path) . "\r\n--$boundary--";
$settings = [
    'output_format' => 'original', 'output_width' => null, 'output_height' => null, 'output_resize_behavior' => 'pad',
    'job_source' => 'WordPress', 'output_seo_tag_gen' => true, 'output_seo_rename' => false,
];

$verified = get_from('/api-keys/verify', 30);
$uploaded = post_to('/upload', $part, "multipart/form-data; boundary=$boundary");
$asked = ['temp_file_ids' => [$uploaded['json']['temp_file_id'] ?? '']] + $settings;
$started = post_to('/auto', wp_json_encode($asked), 'application/json');
$id = $started['json'][0]['id'] ?? '';
for ($tries = 0; $tries < 20; $tries++) {
    $polled = get_from("/status/$id", 30);
    if (in_array($polled['json']['status'] ?? 'failed', ['completed', 'failed'], true)) break;
    sleep(3);
}
$downloaded = get_from("/download/$id", 60);
$elsewhere = read_answer(wp_safe_remote_get('https://api.example.invalid/', ['timeout' => 5]));

echo json_encode([
    'wordpress' => $GLOBALS['wp_version'],
    'verified' => $verified['json'] ?? $verified,
    'started' => $started['status'],
    'status' => $polled['json']['status'] ?? $polled,
    'processed_size' => $polled['json']['processed_size'] ?? null,
    'ratio' => $polled['json']['processed_compression_ratio'] ?? null,
    'alt_text' => $polled['json']['seo_alt_text'] ?? null,
    'downloaded' => [$downloaded['status'], strlen($downloaded['body'] ?? ''), $downloaded['error'] ?? null],
    'elsewhere' => $elsewhere,
], JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE), "\n";
