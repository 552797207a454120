"""What each field of requests and answers says: the one table of it, for the served document.

A field that has the same name in several objects is described once, unless `Object.field` says it otherwise. Fields of
`ProcessingSettings` have their descriptions where they are defined, and keep them in other objects.
"""

from typing import Any

from imgopt.imaging.options import ProcessingSettings

FIELDS: dict[str, str] = {
    # Uploads
    "success": "Always true: what fails is answered by a status of 400 and above.",
    "temp_file_id": "The id of an upload, for `temp_file_ids`.",
    "temp_file_ids": "The ids of 1-20 uploads. Each becomes a job.",
    "original_filename": "The name that the file was uploaded by, without folders.",
    "file_size": "Bytes.",
    "mime_type": "What the file is by its bytes, whatever its name says.",
    "temp_path": "The key of the upload in the service's storage. It is not an address.",
    "session_token": "Who a new guest is from now on, for `X-Session-Token`; null for those who are known already.",
    "gif_frame_count": "Frames of an animation; null for a still image.",
    "gif_fps": "Frames a second, on average; null for a still image.",
    "filename": "A name for the file. The end of a URL's path stands for it by default.",
    "upload_id": "The id of a presigned upload, for `POST /upload/complete`.",
    "size": "The exact number of bytes.",
    "content_type": "The media type.",
    "fields": "Fields of the form, in any order. The part `file` comes behind them.",
    "expires_in": "Seconds.",
    "file": "The image, of at most as many bytes as `/config` says.",
    "UrlUploadRequest.url": "An address of http or https that the service fetches.",
    "PresignResponse.url": "Where to POST the form.",
    "SignedUrlResponse.url": "An address from which anybody can download the file until it expires.",
    "SignedUrlResponse.filename": "What the file is called.",
    "TempFileResponse.expires_at": "When the upload is removed.",
    # Requests for work
    "settings": "What is asked for. Fields that are absent have their defaults.",
    "quality": "`output_quality`, 1-100.",
    "target_file_size": "`output_file_size_limit`, in bytes.",
    "width": "`output_width`, in pixels.",
    "height": "`output_height`, in pixels.",
    "resize_behavior": "`output_resize_behavior`.",
    "factor": "`output_upscale_factor`, 0.1-10.",
    "rename_file": "`output_seo_rename`.",
    "input_path": "The key of the upload that the job was accepted with.",
    # Answers to them
    "jobs": "The jobs, in the order of what was asked.",
    "job": "The job.",
    "total": "How many jobs there are.",
    "credits_remaining": "Credits that are left now.",
    "callback_secret": "What signs callbacks, of all jobs of this owner; null where none was asked for.",
    "warnings": "What of the request has no effect, and what it may have meant.",
    "poll_after_seconds": "About how long the jobs take: it is of little use to ask before.",
    "credits": "Credits that would be charged.",
    "bytes_expected": "About how many bytes all results of it will have together.",
    "cost_estimate_usd": "About what AWS charges for the work, in US dollars.",
    "quotes": "The same for each upload.",
    "ProcessFilesResponse.credits_used": "Credits that were charged for all jobs together.",
    # A job
    "id": "The id.",
    "job_id": "The id of a job.",
    "status": "How far it is: queued, processing, completed, failed or expired.",
    "original_size": "Bytes of the upload.",
    "original_format": "The format of the upload.",
    "original_mime_type": "The media type of the upload.",
    "original_width": "Pixels, as the image is shown: turned by its orientation.",
    "original_height": "Pixels, as the image is shown: turned by its orientation.",
    "original_dpi": "Dots per inch, where the file says.",
    "original_file_path": "The key of the upload in the service's storage.",
    "executed_upscale": "Whether a network has made the image larger.",
    "executed_resize": "Whether the image was resized.",
    "executed_compress": "Whether the image was encoded.",
    "executed_tag": "Whether alt text and keywords were written.",
    "processed_file_path": "The key of the result in the service's storage.",
    "processed_filename": "What the result is called.",
    "processed_size": "Bytes of the result.",
    "processed_format": "The format of the result.",
    "processed_width": "Pixels of the result.",
    "processed_height": "Pixels of the result.",
    "processed_compression_ratio": "`processed_size` as a share of `original_size`.",
    "seo_alt_text": "What the image shows, in a sentence.",
    "seo_filename": "What the image shows, as a file name without a suffix.",
    "seo_keywords": "What the image shows, in keywords.",
    "job_entry_point": "The operation that the job was asked for by.",
    "processing_time_ms": "Milliseconds from the beginning of the work to its end.",
    "credits_used": "Credits that were charged, less those given back.",
    "error_message": "Why the job failed, in a sentence.",
    "created_at": "When it was made.",
    "started_at": "When the work began.",
    "completed_at": "When the job ended.",
    "expires_at": "When the job and its files are removed.",
    "encoder": "The program that wrote the result.",
    "encoder_quality": "Its own quality setting; null where nothing was lost.",
    "original_returned": "Whether the result has the upload's own pixels, since it could not be made smaller.",
    "processed_frames": "Frames of the result.",
    "size_limit_met": "Whether the result keeps to `output_file_size_limit`; null where there is none.",
    "processed_hdr": "Whether the result has the gain map of an HDR photo.",
    "score": "How much the result looks like the image before its encoder: 100 is the same, 90 hard to tell apart.",
    "score_metric": "What the score was measured by.",
    "upscale_model": "The network that made the image larger.",
    "upscale_device": "What the network ran on.",
    "upscale_seconds": "Seconds that the network took.",
    "upscale_tiles": "Parts that the image was cut into for the network.",
    "words_by": "What wrote alt text and keywords.",
    "words_language": "The language of alt text and keywords, by BCP 47.",
    "warning": "What there is to know of the result, such as what was left out.",
    "download_url": "Where the result is, as a path of this service.",
    "candidates": "What `auto` tried: `format`, `bytes`, `score` and `milliseconds` of each.",
    "outputs": "All results, where several were asked for, each as the job tells of one.",
    "srcset": "For each media type, what `srcset` of `<img>` and `<source>` takes.",
    "thumbhash": "A picture of some 25 bytes (base64) to draw until the image is there.",
    "dominant_colors": "Up to five colours, the most frequent first, as `#rrggbb`.",
    "queue_position": "How many jobs are in front of one that is queued.",
    "estimated_wait_seconds": "About how long until the work begins.",
    "callback": "How it went to tell `callback_url` of the end.",
    "Callback.status": "Whether the callback has been delivered.",
    "attempts": "How often it was tried.",
    "answered": "The status of the last answer.",
    "error": "Why there was no answer.",
    # Accounts
    "api_keys": "The keys, the latest first.",
    "key": "The key. It is shown this once.",
    "prefix": "How the key begins, to tell it from others.",
    "name": "What the key is for.",
    "last_used_at": "When it was used last, to some minutes.",
    "expires_in_days": "After how many days the key ends by itself; null for never.",
    "ApiKeyResponse.expires_at": "When the key ends by itself; null for never.",
    "NewApiKeyResponse.expires_at": "When the key ends by itself; null for never.",
    "valid": "Whether the key is one.",
    "tier": "The plan of the key's owner.",
    # Billing
    "price_id": "The id of a price in Stripe that `/config` lists.",
    "success_url": "Where the browser goes after paying, on a website of the service.",
    "cancel_url": "Where the browser goes without paying, on a website of the service.",
    "checkout_url": "Where to send the browser, to pay.",
    "session_id": "The id of the checkout in Stripe.",
    "portal_url": "Where to send the browser, to manage the subscription.",
    # Errors
    "detail": "Why the request is refused.",
    "loc": "Where in the request.",
    "msg": "What is wrong there.",
    "type": "Which rule it is.",
    "input": "What was sent.",
    "ctx": "What the rule says.",
}
PARAMETERS: dict[str, str] = {
    "job_id": "The id of a job.",
    "key_id": "The id of a key.",
    "days": "How many days, up to today.",
    "device_code": "The code that a device polls with.",
    "authorization": "`Bearer` and a credential.",
    "x-session-token": "Who a guest is.",
    "x-cloudtasks-taskname": "A name for this try, by which repeated ones are known.",
    "x-cloudscheduler": "The secret of the schedules.",
}


def describe_field(schema: str, field: str) -> str | None:
    setting = ProcessingSettings.model_fields.get(field)
    return FIELDS.get(f"{schema}.{field}") or FIELDS.get(field) or (setting and setting.description)


def describe_fields(name: str, schema: dict[str, Any]) -> None:
    """What the schema says itself stays."""
    for field, part in schema.get("properties", {}).items():
        if text := describe_field(name, field):
            part.setdefault("description", text)
