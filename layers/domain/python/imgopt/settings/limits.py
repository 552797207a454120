"""Settings of limits on files, clients and times."""

from pydantic import BaseModel, Field

from imgopt.units import HOUR, MEBIBYTE


class LimitSettings(BaseModel):
    """Sizes are in bytes, times in seconds."""

    max_upload_bytes: int = Field(50 * MEBIBYTE, gt=0, description="Largest file that can be uploaded, in bytes.")
    max_multipart_bytes: int = Field(
        50 * MEBIBYTE,
        gt=0,
        description=(
            "Largest file that `POST /upload` accepts, in bytes; larger files are sent to S3 directly. On "
            "Lambda it is at most 4.4 MB."
        ),
    )
    max_json_bytes: int = Field(
        MEBIBYTE // 4, gt=0, description="Largest body of a request that is not an upload, in bytes."
    )
    max_pixels: int = Field(100_000_000, gt=0, description="Maximum number of pixels of an image: width x height.")
    max_frames: int = Field(1000, gt=0, description="Maximum number of frames of an animation.")
    max_animation_pixels: int = Field(
        400_000_000, gt=0, description="Maximum number of pixels of an animation: width x height x frames."
    )
    max_upscale_pixels: int = Field(
        50_000_000, gt=0, description="Maximum number of pixels of an upscaled image: width x height x frames."
    )
    small_upscale_pixels: int = Field(
        1_000_000,
        ge=0,
        description="Maximum number of pixels that a function upscales at once; more pixels wait for a GPU.",
    )
    max_batch_files: int = Field(20, gt=0, le=45, description="Maximum number of files of one processing call.")
    parallel_uploads: int = Field(64, gt=0, description="Uploads that one process accepts at the same time.")
    parallel_fetches: int = Field(16, gt=0, description="Files that one process fetches by URL at the same time.")
    parallel_inspections: int = Field(
        2, gt=0, description="Uploads whose contents one process examines at the same time."
    )
    client_share: float = Field(
        0.25,
        gt=0,
        le=1,
        description=(
            "Share of the parallel uploads and fetches that one user, or the guests of one IP address, may "
            "hold, from 0 to 1."
        ),
    )
    max_streams_per_client: int = Field(
        250,
        gt=0,
        description="Status streams that one IP address may have open; 50 on AWS, where each occupies a function.",
    )
    max_downloads_per_client: int = Field(
        120, gt=0, description="Concurrent downloads of 1 MB or more by one IP address; 50 on AWS."
    )
    max_waits_per_client: int = Field(
        8,
        gt=0,
        description=(
            "Calls of `get_job` at `/mcp`, and of `/output/{job_id}`, that may wait at the same time for one IP "
            "address; further calls are answered at once."
        ),
    )
    max_connections: int = Field(800, gt=0, description="Connections that one process keeps open at the same time.")
    max_connections_per_client: int = Field(
        400,
        gt=0,
        description="Connections that one process keeps open for one IP address, unless that is a trusted proxy.",
    )
    head_seconds: float = Field(
        10, gt=0, description="Seconds that a client may take to send the headers of a request."
    )
    stall_seconds: float = Field(
        20,
        gt=0,
        description=(
            "Seconds for which a client may send nothing of a body, or read nothing of an answer, before its "
            "connection is closed."
        ),
    )
    slowest_rate: float = Field(
        1024,
        ge=0,
        description=(
            "Bytes per second that a client must send or read on average, after the first "
            "`IMGOPT_STALL_SECONDS` seconds."
        ),
    )
    stream_seconds: float = Field(300, gt=0, description="Longest duration of a status stream, in seconds.")
    private_jobs: bool = Field(
        False,
        description=(
            "Whether jobs and results are only visible to their owner, and not to everybody who knows the "
            "job's id. Browsers' `EventSource` can't read streams then, since it sends no headers."
        ),
    )
    jobs_per_owner: int = Field(
        4,
        gt=0,
        description=(
            "Jobs of one owner that are processed at the same time; others wait. With `make up` the default "
            "is the number of processor cores plus two."
        ),
    )
    parallel_jobs: int = Field(
        10,
        gt=0,
        description=(
            "Number of jobs that are assumed to be processed at the same time when waiting times are estimated."
        ),
    )
    poll_after: float = Field(
        0,
        ge=0,
        description=(
            "Seconds that `poll_after_seconds` adds to the expected time of a job, before clients should ask "
            "for it. The stacks set 1."
        ),
    )
    inline_download_bytes: int = Field(
        50 * MEBIBYTE,
        ge=0,
        description=(
            "Largest result that the API returns itself, in bytes; larger ones are answered by a redirect to S3. On "
            "Lambda it is at most 4.4 MB."
        ),
    )
    mcp_inline_bytes: int = Field(
        MEBIBYTE // 4,
        ge=0,
        le=3 * MEBIBYTE,
        description="Largest result that an answer of `/mcp` contains in addition to its URL, in bytes.",
    )

    upload_lifetime: int = Field(24 * HOUR, gt=0, description="Seconds for which an upload can be processed.")
    guest_lifetime: int = Field(30 * 24 * HOUR, gt=0, description="Seconds for which a guest's session token is valid.")
    processing_deadline: int = Field(
        41 * 60, gt=0, description="Seconds after which an execution is stopped and its job fails."
    )
    express_deadline: int = Field(
        310,
        gt=300,
        description=(
            "Seconds after which an express execution must have ended; if its job has not, the job is started again."
        ),
    )
    stage_seconds: int = Field(
        220, gt=0, description="Longest wall-clock time for processing the pixels of one image, in seconds."
    )
    aws_read_seconds: float = Field(
        30,
        gt=0,
        description=(
            "Seconds that a call to AWS waits for an answer; on Lambda at most a fifth of the function's timeout."
        ),
    )

    cpu_seconds_per_credit: float = Field(
        15, gt=0, description="Maximum CPU seconds of a step for each credit that it costs."
    )
    stage_cpu_seconds: float = Field(
        180, gt=0, description="Maximum CPU seconds for resizing and compressing one image."
    )
    stage_memory_bytes: int = Field(
        2000 * MEBIBYTE, gt=0, description="Maximum memory for resizing and compressing one image, in bytes."
    )

    least_saving: float = Field(
        0.02,
        ge=0,
        lt=1,
        description=(
            "Share of the bytes that compressing must save, from 0 to 1; otherwise the original is returned. "
            "With 0 the original is returned only if nothing is saved."
        ),
    )

    upscale_seconds: float = Field(
        240,
        gt=0,
        description=(
            "Approximate maximum number of seconds for upscaling one image; networks that would take longer "
            "are not used."
        ),
    )
    upscale_threads: int = Field(1, gt=0, description="CPU threads that one network uses.")
