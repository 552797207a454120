"""Examples of requests and answers for the served document."""

from typing import Any

JOB_ID = "3f1f2c9e-7a51-4c0e-9d35-0b8f6f0b7c11"
FILE_ID = "b7d1f4c2-54b0-4a55-8f0a-6a3c0d1e9f42"
CREATED = "2026-11-30T09:30:00Z"
EXPIRES = "2026-12-01T09:30:00Z"

JOB: dict[str, Any] = {
    "id": JOB_ID,
    "status": "completed",
    "original_filename": "hero.jpg",
    "original_size": 668795,
    "original_format": "jpg",
    "original_mime_type": "image/jpeg",
    "original_width": 1600,
    "original_height": 1066,
    "executed_compress": True,
    "processed_filename": "hero.tinified.webp",
    "processed_size": 125792,
    "processed_format": "webp",
    "processed_width": 1600,
    "processed_height": 1066,
    "processed_compression_ratio": 0.1881,
    "score": 69.3,
    "score_metric": "ssimulacra2",
    "credits_used": 3,
    "created_at": CREATED,
    "started_at": "2026-11-30T09:30:01Z",
    "completed_at": "2026-11-30T09:30:02Z",
    "expires_at": EXPIRES,
    "download_url": f"/download/{JOB_ID}",
}
QUOTE: dict[str, Any] = {"credits": 3, "bytes_expected": 120000, "cost_estimate_usd": 0.0000412}
BY_FILE: dict[str, Any] = {"temp_file_ids": [FILE_ID]}
OBJECT_EXAMPLES: dict[str, dict[str, Any]] = {
    "TempFileResponse": {
        "success": True,
        "temp_file_id": FILE_ID,
        "original_filename": "hero.jpg",
        "file_size": 668795,
        "mime_type": "image/jpeg",
        "temp_path": f"uploads/{FILE_ID}",
        "expires_at": EXPIRES,
        "session_token": "a-token-that-only-this-guest-has",
    },
    "UrlUploadRequest": {"url": "https://example.com/hero.jpg"},
    "PresignRequest": {"filename": "hero.png", "size": 24000000, "content_type": "image/png"},
    "CompleteRequest": {"upload_id": FILE_ID},
    "ProcessFilesRequest": {**BY_FILE, "settings": {"output_format": "webp", "output_quality": 80}},
    "CompressRequest": {**BY_FILE, "output_format": "avif", "quality": 70},
    "ResizeRequest": {**BY_FILE, "width": 1200},
    "UpscaleRequest": {**BY_FILE, "factor": 2},
    "TagRequest": {**BY_FILE, "rename_file": True},
    "ProcessFilesResponse": {
        "success": True,
        "jobs": [{**JOB, "status": "queued"}],
        "credits_used": 3,
        "credits_remaining": 17,
        "warnings": [],
    },
    "QuoteResponse": {
        "success": True,
        **QUOTE,
        "credits_remaining": 17,
        "quotes": [{"temp_file_id": FILE_ID, **QUOTE}],
        "warnings": [],
    },
    "JobResponse": JOB,
    "StatusResponse": {"success": True, "job": JOB},
    "BatchStatusResponse": {"success": True, "jobs": [JOB], "total": 1},
    "ApiKeyRequest": {"name": "website", "expires_in_days": 90},
    "CheckoutRequest": {
        "price_id": "price_1Pro",
        "success_url": "https://images.example.com/thanks",
        "cancel_url": "https://images.example.com/plans",
    },
    "Problem": {"detail": "There is no such job."},
}
