"""Images by URL: who may ask for them, from where, and options by a name."""

from pydantic import BaseModel, Field

from imgopt.setting_types import CasedStrings, NamedTexts


class ImageUrlSettings(BaseModel):
    """Named like imgproxy's, whose meaning they have."""

    presets: NamedTexts = Field(
        "",
        validate_default=True,
        description=(
            "Named options for `/img` and for `preset` of `/auto`, such as "
            "`thumb=rs:fill:300:300,web=w:1600/target:high` ([presets](../images-by-url.md))."
        ),
    )
    url_keys: str = Field(
        "",
        repr=False,
        description=(
            "Keys that sign image URLs, in hexadecimal digits, at least 16 bytes each. Several are separated by "
            "commas while one replaces another."
        ),
    )
    url_salts: str = Field(
        "",
        repr=False,
        description=(
            "Salts that belong to the keys in `IMGOPT_URL_KEYS`, in hexadecimal digits and in the same order."
        ),
    )
    url_trusted_signatures: str = Field(
        "",
        repr=False,
        description=(
            "Texts that image URLs may have in place of a signature, at least 16 characters each, separated by commas."
        ),
    )
    url_secret_arn: str = Field(
        "",
        description=(
            "ARN of the secret in Secrets Manager that holds keys, salts and trusted signatures of image URLs, as is "
            'needed on AWS: `{"keys": "...", "salts": "...", "trusted_signatures": "..."}`.'
        ),
    )
    url_signature_size: int = Field(32, ge=1, le=32, description="Bytes of the signature of an image URL.")
    url_unsigned_presets: CasedStrings = Field(
        "",
        validate_default=True,
        description=(
            "Presets that an image URL may name without a signature, each alone. Requires `IMGOPT_URL_ALLOWED_SOURCES`."
        ),
    )
    url_only_presets: bool = Field(False, description="Whether image URLs hold names of presets only, and no options.")
    url_arguments_separator: str = Field(
        ":",
        pattern=r"^[^\w\s/?%#.@-]{1,4}$",
        description="Text between an option and its arguments, in image URLs and in presets.",
    )
    url_allowed_options: CasedStrings = Field(
        "",
        validate_default=True,
        description=("Options that image URLs may have outside of presets, by any of their names; empty allows all."),
    )
    url_allow_security_options: bool = Field(False, description="Whether image URLs may change limits.")
    url_allowed_sources: CasedStrings = Field(
        "",
        validate_default=True,
        description=(
            "Sources that image URLs may name, such as `https://*.example.com/,s3://bucket/`; empty allows all public"
            " hosts."
        ),
    )
    url_base: str = Field(
        "",
        description=(
            "Text that is put before each source of an image URL that does not begin with it. It needs a slash behind"
            " its host."
        ),
    )
    url_replacements: str = Field(
        "",
        description=("Short forms of sources in image URLs, such as `mys3://*/=s3://bucket/${1}/`, separated by `;`."),
    )
    url_base64_filename: bool = Field(
        False,
        description=(
            "Whether the last part behind a base64 source in an image URL is a file name, and no part of the source."
        ),
    )
