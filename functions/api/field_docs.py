"""Descriptions of the fields and parameters of the served document.

`FIELDS` has one entry for a field's name. An entry `Object.field` comes before it, for the fields of that object.
Fields of `ProcessingSettings` are described where they are defined, and have the same description in other objects.
"""

import re
from typing import Any

from imgopt.imaging.options import ProcessingSettings

FIELDS: dict[str, str] = {
    # Uploads
    "success": "Always true. A request that fails is answered with a status of 400 or higher.",
    "temp_file_id": "The id of an upload. Requests for work name it in `temp_file_ids`.",
    "temp_file_ids": "The ids of 1 to 20 uploads. Each becomes a job.",
    "original_filename": "The name of the uploaded file, without folders.",
    "file_size": "The size of the upload in bytes.",
    "mime_type": "The media type of the file, read from its bytes. The name of the file is not considered.",
    "temp_path": "The key of the upload in the service's storage. It is not a URL.",
    "session_token": "The token of a new guest. Send it as `X-Session-Token`. Null if the request had a credential.",
    "gif_frame_count": "The number of frames of an animation. Null for a still image.",
    "gif_fps": "The mean number of frames per second of an animation. Null for a still image.",
    "filename": "A name for the file. The default is the last part of the URL's path, if the file comes from a URL.",
    "upload_id": "The id of an upload that `POST /upload/presign` has announced, for `POST /upload/complete`.",
    "size": "The exact size of the file in bytes.",
    "content_type": "The media type of the file.",
    "fields": "The fields of the form, by name. Send them in any order, before the part `file`.",
    "expires_in": "The number of seconds until it expires.",
    "file": "The image. `/config` tells the largest allowed size in `limits.multipart_bytes`.",
    "UrlUploadRequest.url": "The http or https URL of the image. The service fetches it.",
    "PresignResponse.url": "The URL to which the form is posted.",
    "PresignResponse.expires_in": "The number of seconds in which the form can be posted.",
    "SignedUrlResponse.url": "A signed URL. Anyone who knows it can download the file until it expires.",
    "SignedUrlResponse.filename": "The name under which the file is downloaded.",
    "SignedUrlResponse.size": "The size of the file in bytes.",
    "SignedUrlResponse.expires_in": "The number of seconds for which the URL is valid.",
    "TempFileResponse.expires_at": "The time at which the upload is deleted.",
    # Requests for work
    "settings": "The processing settings. Settings that are absent have their default values.",
    "quality": "Compression quality, 1 (smallest file) to 100 (best quality). The same as `output_quality`.",
    "target_file_size": "The largest wanted size of the result in bytes. The same as `output_file_size_limit`.",
    "width": "The width of the result in pixels. The same as `output_width`.",
    "height": "The height of the result in pixels. The same as `output_height`.",
    "resize_behavior": "What happens if width and height have another aspect ratio than the image: `pad`, `crop` or "
    "`fit`. The same as `output_resize_behavior`.",
    "factor": "How many times wider and higher the result is, 1 to 4. The same as `output_upscale_factor`.",
    "rename_file": "Whether the result gets a file name that describes the image. The same as `output_seo_rename`.",
    "input_path": "The key of the upload in the service's storage, as in the job's `original_file_path`.",
    # Answers to them
    "jobs": "The jobs, in the order of the ids in the request.",
    "job": "The job.",
    "total": "The number of jobs in `jobs`.",
    "credits_remaining": "The number of credits that are left.",
    "callback_secret": "The secret that signs all callbacks of this owner. Null if the request has no `callback_url` "
    "or no credential.",
    "CallbackSecretResponse.callback_secret": "The new secret that signs all callbacks of this owner.",
    "warnings": "Sentences about parts of the request that have no effect. Empty if there are none.",
    "poll_after_seconds": "The number of seconds after which the jobs are expected to have ended. Wait for so long "
    "before you ask for their status. Null if the operator has not configured it.",
    "credits": "The number of credits that would be charged.",
    "bytes_expected": "An estimate of the size of all results together, in bytes.",
    "cost_estimate_usd": "An estimate of what AWS charges the operator for the work, in US dollars.",
    "quotes": "One quote for each upload, in the order of `temp_file_ids`.",
    "ProcessFilesResponse.credits_used": "The number of credits that were charged for all jobs together.",
    # A job
    "id": "The id of the object, a UUID.",
    "JobResponse.id": "The id of the job, a UUID.",
    "job_id": "The id of the job, a UUID.",
    "status": "The status of the job: `queued`, `processing`, `completed`, `failed` or `expired`.",
    "original_size": "The size of the upload in bytes.",
    "original_format": "The format of the upload, such as `jpg`. Null if it is not known.",
    "original_mime_type": "The media type of the upload. Null if it is not known.",
    "original_width": "The width of the upload in pixels, after its EXIF orientation is applied. Null if not known.",
    "original_height": "The height of the upload in pixels, after its EXIF orientation is applied. Null if not known.",
    "original_dpi": "The resolution of the upload in dots per inch. Null if the file does not state it.",
    "original_file_path": "The key of the upload in the service's storage. It is not a URL.",
    "executed_upscale": "Whether the image was enlarged by a neural network.",
    "executed_resize": "Whether the image was resized.",
    "executed_compress": "Whether the image was encoded again.",
    "executed_tag": "Whether alt text and keywords were generated.",
    "processed_file_path": "The key of the result in the service's storage. It is not a URL.",
    "processed_filename": "The file name of the result.",
    "processed_size": "The size of the result in bytes.",
    "processed_format": "The format of the result, such as `webp`.",
    "processed_width": "The width of the result in pixels.",
    "processed_height": "The height of the result in pixels.",
    "processed_compression_ratio": "`processed_size` divided by `original_size`: 0.35 means 65 % smaller.",
    "seo_alt_text": "The alt text: one sentence that describes the image. Null if the image was not tagged.",
    "seo_filename": "A file name that describes the image, without extension. Null if the image was not tagged.",
    "seo_keywords": "Keywords that describe the image. Null if the image was not tagged.",
    "job_entry_point": "The operation that the job was requested with, such as `auto` or `compress`.",
    "processing_time_ms": "The time from the start of the work to its end, in milliseconds. Null until the job ends.",
    "credits_used": "The number of credits that were charged for the job, less refunds.",
    "error_message": "The reason why the job failed, in one sentence. Null if it did not fail.",
    "created_at": "The time of creation.",
    "started_at": "The time at which the work began. Null until then.",
    "completed_at": "The time at which the job ended. Null until then.",
    "expires_at": "The time at which the job and its files are deleted.",
    "encoder": "The name of the encoder that wrote the result. `none` if the upload was returned unchanged.",
    "encoder_quality": "The quality of the result, 1 to 100, on the scale of `output_quality`. Null if it is lossless.",
    "original_returned": "Whether the result has the pixels of the upload, because encoding did not make it smaller.",
    "processed_frames": "The number of frames of the result: 1 for a still image.",
    "size_limit_met": "Whether the result has at most `output_file_size_limit` bytes. Null if no limit was set.",
    "processed_hdr": "Whether the result contains the gain map of an HDR photo.",
    "score": "The similarity of the result to the image before encoding: 100 means identical, 90 means hard to tell "
    "apart. Null if it was not measured.",
    "score_metric": "The metric of `score`, such as `ssimulacra2`. Null if there is no score.",
    "upscale_model": "The name of the neural network that enlarged the image. Null if none did.",
    "upscale_device": "The processor that the network ran on, such as `cpu` or `cuda`. Null if none ran.",
    "upscale_seconds": "The running time of the network in seconds. Null if none ran.",
    "upscale_tiles": "The number of tiles into which the image was cut for the network. Null if none ran.",
    "words_by": "The model that generated alt text and keywords. Null if the image was not tagged.",
    "words_language": "The language of alt text and keywords, as a BCP 47 tag such as `en`. Null if it was not tagged.",
    "warning": "Sentences about the result, such as metadata or settings that were left out. Null if there are none.",
    "download_url": "The path of the result on this service. Null if the job has no result.",
    "candidates": "The formats that `auto` tried, in order. Null if a format was requested.",
    "outputs": "All results, in the order of the request. Null if the request did not set `outputs`.",
    "srcset": "The values of `srcset` in `<img>` and `<source>`, by media type. Null if the request did not set "
    "`outputs`.",
    "thumbhash": "A ThumbHash of the first result in base64: a placeholder of about 25 bytes to show while it loads.",
    "dominant_colors": "Up to five colours of the first result as `#rrggbb`, the most frequent first.",
    "queue_position": "The number of jobs ahead of this one. Null unless the job is queued.",
    "estimated_wait_seconds": "The estimated number of seconds until the work begins. Null unless the job is queued.",
    "callback": "The delivery of the callback. Null if no `callback_url` was set.",
    "Callback.status": "The status of the callback: `pending`, `delivered` or `failed`.",
    "attempts": "The number of delivery attempts.",
    "answered": "The HTTP status of the last attempt. Null if there was no answer.",
    "error": "The reason why the last attempt got no answer. Null if it got one.",
    # Accounts
    "api_keys": "The API keys, the newest first.",
    "key": "The API key. It is shown only in this answer.",
    "prefix": "The first characters of the key. They identify it in lists.",
    "name": "A name for the key, 1 to 100 characters, such as the program that uses it.",
    "ApiKeyResponse.id": "The id of the key, a UUID.",
    "NewApiKeyResponse.id": "The id of the key, a UUID.",
    "last_used_at": "The time of last use, a few minutes exact. Null if it was never used.",
    "expires_in_days": "The number of days after which the key expires. Null: it does not expire.",
    "ApiKeyResponse.expires_at": "The time at which the key expires. Null if it does not expire.",
    "NewApiKeyResponse.expires_at": "The time at which the key expires. Null if it does not expire.",
    "valid": "Always true. A key that is not valid is answered with 401.",
    "tier": "The tier of the caller's account.",
    "VerifiedKeyResponse.tier": "The tier of the key's owner.",
    # Billing
    "price_id": "The id of a Stripe price. `/config` lists those that are for sale in `plans`.",
    "success_url": "The URL to which Stripe sends the browser after the payment. The operator has to allow its origin "
    "in `IMGOPT_BILLING_ORIGINS`.",
    "cancel_url": "The URL to which Stripe sends the browser if the user cancels. The operator has to allow its origin "
    "in `IMGOPT_BILLING_ORIGINS`.",
    "checkout_url": "The URL of the payment page at Stripe. Open it in the user's browser.",
    "session_id": "The id of the checkout session at Stripe.",
    "portal_url": "The URL of the billing portal at Stripe. Open it in the user's browser.",
    # Errors
    "detail": "The reason why the request is refused.",
    "is_guest": "With insufficient credits: whether the caller is a guest. Null for other errors.",
    "Problem.tier": "With insufficient credits: the tier of the caller. Null for other errors.",
    "Problem.credits_limit": "With insufficient credits: the credits of the whole period. Null for other errors.",
    "Problem.credits_remaining": "With insufficient credits: the credits that are left. Null for other errors.",
    "credits_needed": "With insufficient credits: the credits that the request costs. Null for other errors.",
    "Problem.credits_reset_at": "With insufficient credits: the time at which the next period begins. Null for other "
    "errors.",
    "loc": "The path of the value in the request, such as `body`, `settings`, `output_quality`.",
    "msg": "The reason why the value is invalid, in one sentence.",
    "type": "The name of the rule that the value breaks, such as `less_than_equal`.",
    "input": "The value that was sent. Null if the request is large.",
    "ctx": "The parameters of the rule, such as the allowed maximum.",
}
# Fields that objects of jobs have only once the job is completed. Objects of results always have them.
OF_RESULTS = re.compile(r"processed_\w+|encoder|original_returned|thumbhash|dominant_colors")
UNTIL_COMPLETED = " Null until the job is completed."
NULL_TYPE = {"type": "null"}
PARAMETERS: dict[str, str] = {
    "job_id": "The id of a job, a UUID.",
    "key_id": "The id of an API key, a UUID.",
    "days": "The number of days, 1 to 90. The last one is today, by UTC.",
    "device_code": "The device code that `POST /mcp/auth/device-code` answered.",
    "authorization": "`Bearer` and a credential: an API key, a device token or a JWT.",
    "x-session-token": "The session token of a guest.",
    "x-cloudtasks-taskname": "The name of the task. Repeated deliveries of a task have the same name.",
    "x-cloudscheduler": "The secret that the operator has set in `IMGOPT_SCHEDULER_SECRET`.",
}


def describe_field(schema: str, field: str) -> str | None:
    """The description of a field of the object `schema`, or None if there is none."""
    setting = ProcessingSettings.model_fields.get(field)
    return FIELDS.get(f"{schema}.{field}") or FIELDS.get(field) or (setting and setting.description)


def describe_fields(name: str, schema: dict[str, Any]) -> None:
    """Adds descriptions to the properties of `schema` that have none."""
    for field, part in schema.get("properties", {}).items():
        if text := describe_field(name, field):
            is_missing_at_first = OF_RESULTS.fullmatch(field) and NULL_TYPE in part.get("anyOf", ())
            part.setdefault("description", text + UNTIL_COMPLETED if is_missing_at_first else text)
