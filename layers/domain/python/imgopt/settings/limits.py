"""How much is taken of files and of clients, and how long things may take."""

from pydantic import BaseModel, Field

from imgopt.units import HOUR, MEBIBYTE


class LimitSettings(BaseModel):
    """Sizes are in bytes, times in seconds."""

    max_upload_bytes: int = Field(50 * MEBIBYTE, gt=0, description="Largest file taken by an upload.")
    max_multipart_bytes: int = Field(
        50 * MEBIBYTE,
        gt=0,
        description="Largest file taken by POST /upload; larger ones go to S3. Lambda can't take more than 4.4 MB.",
    )
    max_json_bytes: int = Field(MEBIBYTE // 4, gt=0, description="Largest body of any other request.")
    max_pixels: int = Field(100_000_000, gt=0, description="Most pixels of an image, width x height.")
    max_frames: int = Field(1000, gt=0, description="Most frames of an animation.")
    max_animation_pixels: int = Field(
        400_000_000, gt=0, description="Most pixels of an animation, width x height x frames."
    )
    max_upscale_pixels: int = Field(
        50_000_000, gt=0, description="Most pixels that upscaling makes, width x height x frames."
    )
    small_upscale_pixels: int = Field(
        1_000_000, ge=0, description="Up to so many pixels a function upscales at once, without waiting for a GPU."
    )
    max_batch_files: int = Field(
        20, gt=0, le=45, description="Most files of one processing call: a transaction takes them and what they cost."
    )
    parallel_uploads: int = Field(64, gt=0, description="How many uploads are taken at a time, in one process.")
    parallel_fetches: int = Field(16, gt=0, description="How many files are fetched by URL at a time.")
    parallel_inspections: int = Field(2, gt=0, description="How many uploads are read at a time to see what they are.")
    client_share: float = Field(
        0.25, gt=0, le=1, description="How much of parallel uploads and fetches one user or address may hold."
    )
    max_streams_per_client: int = Field(250, gt=0, description="Most status streams of one address at a time.")
    max_downloads_per_client: int = Field(
        120, gt=0, description="Most downloads of one address at a time, of those of a megabyte and more."
    )
    max_waits_per_client: int = Field(
        8, gt=0, description="Most calls of `get_job` of `/mcp` that wait for one address; more are answered at once."
    )
    max_connections: int = Field(800, gt=0, description="Most connections of one process at a time.")
    max_connections_per_client: int = Field(400, gt=0, description="The same of one address.")
    head_seconds: float = Field(10, gt=0, description="How long a client may take to say what it wants.")
    stall_seconds: float = Field(
        20, gt=0, description="How long a client may send nothing of its body, or take nothing of an answer."
    )
    slowest_rate: float = Field(
        1024, ge=0, description="Bytes a second that a client must send or take on average, after that time."
    )
    stream_seconds: float = Field(300, gt=0, description="How long a status stream lasts at most.")
    private_jobs: bool = Field(
        False, description="Whether all jobs are private: seen by their owner alone, not by whoever knows their id."
    )
    jobs_per_owner: int = Field(4, gt=0, description="Most jobs of an owner that are worked on at a time; others wait.")
    parallel_jobs: int = Field(10, gt=0, description="How many jobs are processed at a time, to estimate waits.")
    poll_after: float = Field(
        0,
        ge=0,
        description="Seconds that clients are told to wait before they ask for a job, beside what its pixels take.",
    )
    inline_download_bytes: int = Field(
        50 * MEBIBYTE,
        ge=0,
        description="Results larger than this are answered by a redirect to S3; Lambda can't return more than 6 MB.",
    )
    mcp_inline_bytes: int = Field(
        MEBIBYTE // 4,
        ge=0,
        le=3 * MEBIBYTE,
        description="Results up to this size are in the answers of `/mcp` themselves, beside their address.",
    )

    upload_lifetime: int = Field(24 * HOUR, gt=0, description="How long an upload can be processed.")
    guest_lifetime: int = Field(30 * 24 * HOUR, gt=0, description="How long a guest's session token is valid.")
    processing_deadline: int = Field(
        41 * 60, gt=0, description="An execution that takes longer is stopped, and its job fails."
    )
    express_deadline: int = Field(
        310, gt=300, description="After so long, nothing of an express execution that has a job is under way any more."
    )
    stage_seconds: int = Field(220, gt=0, description="Longest time on the clock for the pixels of one image.")
    aws_read_seconds: float = Field(
        30, gt=0, description="How long AWS may be silent; a fifth of a function's time at most, where there is one."
    )

    cpu_seconds_per_credit: float = Field(15, gt=0, description="Most CPU seconds of a step for each credit it costs.")
    stage_cpu_seconds: float = Field(180, gt=0, description="Most CPU seconds of resizing and compressing one image.")
    stage_memory_bytes: int = Field(
        2000 * MEBIBYTE, gt=0, description="Most memory of resizing and compressing one image."
    )

    least_saving: float = Field(
        0.02,
        ge=0,
        lt=1,
        description="An original is returned where compressing it saves a smaller part of its bytes.",
    )

    upscale_seconds: float = Field(
        240, gt=0, description="About how long one image may take: slower networks are passed over."
    )
    upscale_threads: int = Field(1, gt=0, description="Threads of one network on a CPU.")
